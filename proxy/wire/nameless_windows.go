package wire

import (
	"crypto/rand"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// openNameless makes a file that the system removes when it is closed, so that nothing
// is left behind however the gateway ends. Until then it has a name.
func openNameless() (*os.File, error) {
	name := filepath.Join(os.TempDir(), "devgate-body-"+rand.Text())
	return os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL|windows.FILE_FLAG_DELETE_ON_CLOSE, 0o600)
}
