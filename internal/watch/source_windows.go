package watch

import (
	"golang.org/x/sys/windows"

	"devgate/internal/spelling"
)

// newSource opens the system's event queue for a project.
func newSource(root string) (*source, error) {
	if isWine() {
		return newNotifySource()
	}
	return newRecursiveSource(root)
}

// isWine reports whether Windows is Wine, which answers a question about all that is below a
// folder with what is in the folder itself.
func isWine() bool {
	return windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil
}

// newRecursiveSource is a source that asks about all that is below a folder.
func newRecursiveSource(root string) (*source, error) {
	r, err := newRecursive(spelling.Of(root))
	if err != nil {
		return nil, err
	}
	return &source{r, r.events, r.errors, r.close}, nil
}
