package logmux

import (
	"regexp"
	"testing"
)

var sgrPattern = regexp.MustCompile(`^\x1b\[[0-9]+(;[0-9]+)*m`)

func TestStyles(t *testing.T) {
	for _, test := range []struct{ params, want string }{
		{"", "0"},
		{"0", "0"},
		{"1", "1"},
		{"1;2;3;4;5;7;9", "1;2;3;4;5;7;9"},
		{"6", "5"},
		{"21", "4"},
		{"1;2;22", "0"},
		{"3;23", "0"},
		{"4;24", "0"},
		{"5;25", "0"},
		{"7;27", "0"},
		{"9;29", "0"},
		{"8", "0"}, // concealed text is shown
		{"31", "31"},
		{"31;32", "32"},
		{"97;107", "97;107"},
		{"41;49", "0"},
		{"31;39", "0"},
		{"31;0", "0"},
		{"31;;1", "1"},
		{"38;5;208", "38;5;208"},
		{"38:5:208", "38;5;208"},
		{"38;2;1;2;3;1", "1;38;2;1;2;3"},
		{"38:2:1:2:3;1", "1;38;2;1;2;3"},
		{"38:2::1:2:3;1", "1;38;2;1;2;3"},
		{"48;5;0", "48;5;0"},
		{"48;2;0;0;0", "48;2;0;0;0"},
		{"58;5;31;1", "1"}, // 31 belongs to the colour of the underline
		{"4:3", "4"},
		{"4:0", "0"},
		{"4:3;31", "4;31"},
		{"38;5", "0"},
		{"38", "0"},
		{"38;7;1", "0"},
		{"31;38;2;1", "31"},
		{"10;53;73", "0"},
		{"99999999999999999999", "0"},
		{"?31", "0"},
		{"31 ", "0"},
		{"1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1", "0"},
	} {
		t.Run("SGR "+test.params, func(t *testing.T) {
			got := style{}.apply([]byte(test.params))
			wantEqual(t, string(got.appendSGR(nil, style{})), "\x1b["+test.want+"m")
		})
	}
}

func TestStyleChangesStartFromPlain(t *testing.T) {
	red, boldRed := style{fg: 32}, style{fg: 32, attrs: bold}
	wantEqual(t, string(boldRed.appendSGR(nil, red)), "\x1b[0;1;31m")
	wantEqual(t, string(red.appendSGR(nil, boldRed)), "\x1b[0;31m")
}
