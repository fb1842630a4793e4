package procfile

import (
	"slices"
	"testing"
)

// The list is that of the Fetch standard: who adds to it or takes from it is asked
// to look there.
func TestBlockedPorts(t *testing.T) {
	all := BlockedPorts()
	if len(all) != 82 || !slices.IsSorted(all) {
		t.Errorf("%d ports, want the 82 of the standard, sorted: %v", len(all), all)
	}
	for port, instead := range map[int]int{1: 2, 22: 24, 6000: 6001, 6665: 6670, 10080: 10081} {
		if msg, got := CheckBrowsers(port); msg == "" || got != instead {
			t.Errorf("port %d: %q, take %d; want %d", port, msg, got, instead)
		}
	}
	for _, port := range []int{0, 80, 443, 3000, 5100, 6600, 8080, 65535} {
		if msg, _ := CheckBrowsers(port); msg != "" {
			t.Errorf("port %d: %q", port, msg)
		}
	}
}
