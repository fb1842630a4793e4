//go:build e2e

package e2e

import "testing"

// Compose's own library and Kubernetes' own types read what devgate export writes. They
// are of a module of their own, see package formats.
func TestOthersReadWhatIsExported(t *testing.T) {
	if err := inFolder("formats", "go", "test", "-count=1", "-timeout=5m", "./..."); err != nil {
		t.Error(err)
	}
}
