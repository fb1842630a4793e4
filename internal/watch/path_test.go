package watch

import "testing"

func TestBelowWhereCaseTellsNothingApart(t *testing.T) {
	for _, test := range []struct {
		base, path, rel string
		ok              bool
	}{
		{`C:\a`, `c:\A`, "", true}, {`C:\Src`, `C:\src\B\c.go`, `B\c.go`, true}, {`C:\a`, `C:\ab`, "", false},
		{`C:\a\b`, `C:\a`, "", false}, {`C:\`, `c:\a`, "a", true}, {`C:\`, `C:\`, "", true}, {`C:\`, `D:\a`, "", false},
		{`\\server\share\a`, `\\SERVER\share\A\b`, "b", true}, {`\\server\share\`, `\\server\share\a`, "a", true},
		{`\\server\share`, `\\server\other`, "", false}, {`C:\STRASSE`, `C:\straße`, "", false}, {`C:\Ä`, `C:\ä\x`, "x", true},
	} {
		if rel, ok := belowFolded(test.base, test.path); rel != test.rel || ok != test.ok {
			t.Errorf("belowFolded(%q, %q) = %q, %v", test.base, test.path, rel, ok)
		}
	}
}

func TestFilesThatAreElsewhereAreNotFetched(t *testing.T) {
	for attributes, want := range map[uint32]bool{0x20: false, 0x80: false, 0x420: false, 0x1020: true, 0x400420: true, 0x40020: true} {
		if got := isPlaceholder(attributes); got != want {
			t.Errorf("%#x: got %v", attributes, got)
		}
	}
}
