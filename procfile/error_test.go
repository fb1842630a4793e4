package procfile

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

// TestErrorForm: the form of a message, from the parts that are there.
func TestErrorForm(t *testing.T) {
	for _, c := range []struct {
		err  Error
		want string
	}{
		{Error{File: "f", Msg: "m"}, "f: m"},
		{Error{File: "f", Pos: Position{Line: 3}, Msg: "m"}, "f:3: m"},
		{Error{File: "f", Pos: Position{3, 2}, Msg: "m", Hint: "a\nb"}, "f:3:2: m\n  hint: a\n        b"},
		{Error{File: "f", Pos: Position{3, 2}, Msg: "m", Line: "abc", Caret: 1, Width: 2}, "f:3:2: m\n    3 | abc\n      |  ^^"},
		{Error{File: "f", Pos: Position{123456, 1}, Msg: "m", Line: "abc"}, "f:123456:1: m\n123456 | abc\n      | ^"},
		// Carets stand under what they mean, behind tabs and wide runes.
		{Error{File: "f", Pos: Position{1, 3}, Msg: "m", Line: "\t日ü", Caret: 2, Width: 1}, "f:1:3: m\n    1 | \t日ü\n      | \t  ^"},
		{Error{File: "f", Pos: Position{1, 2}, Msg: "m", Line: "a日b", Caret: 1, Width: 1}, "f:1:2: m\n    1 | a日b\n      |  ^^"},
		// Something is missing behind the end.
		{Error{File: "f", Pos: Position{1, 4}, Msg: "m", Line: "a =", Caret: 4, Width: 1}, "f:1:4: m\n    1 | a =\n      |     ^"},
		// Nothing of a broken file reaches the terminal.
		{Error{File: "f", Pos: Position{1, 2}, Msg: "m", Line: "\x1b[2J", Caret: 1, Width: 1}, "f:1:2: m\n    1 | \uFFFD[2J\n      |  ^"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
}

// TestLongLines: of a long line what is near the fault is shown.
func TestLongLines(t *testing.T) {
	_, err := Parse("f", []byte("web = { env = { A = '"+strings.Repeat("x", 500)+"' }, prot = 1, B = '"+strings.Repeat("y", 500)+"', command = 'x' }"))
	const want = "f:1:527: unknown key \"prot\" in [web]\n" +
		"    1 | …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' }, prot = 1, B = 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…\n" +
		"      |                                                                        ^^^^\n"
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestErrorListEnds(t *testing.T) {
	_, err := Parse("f", []byte(strings.Repeat("k y\n", printMax+7)))
	if !strings.HasSuffix(err.Error(), "\nf: and 7 more errors") || len(err.(ErrorList)) != printMax+7 {
		t.Errorf("got ...%s", err.Error()[len(err.Error())-200:])
	}
}

func TestErrorsUnwrap(t *testing.T) {
	err := error(ErrorList{{Msg: "a"}, {Msg: "b", Err: fs.ErrPermission}})
	var e *Error
	if !errors.Is(err, fs.ErrPermission) || !errors.As(err, &e) || e.Msg != "a" {
		t.Errorf("unwrapped to %v", e)
	}
}

// TestErrorAt: a caller can speak of a place in the same form.
func TestErrorAt(t *testing.T) {
	f := mustParse(t, "[web]\ncommand = 'x'\npty = true\n")
	got := f.ErrorAt(f.Service("web").Position("pty"), "not yet", "wait").Error()
	if want := "Devgatefile:3:7: not yet\n    3 | pty = true\n      |       ^^^^\n  hint: wait"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := f.ErrorAt(Position{}, "m", "").Error(); got != "Devgatefile: m" {
		t.Errorf("got %s", got)
	}
	if got := f.ErrorAt(Position{99, 99}, "m", "").Error(); got != "Devgatefile: m" {
		t.Errorf("got %s", got)
	}
	if got := f.ErrorAt(Position{2, 99}, "m", "").Error(); !strings.HasPrefix(got, "Devgatefile:2:14: m\n") {
		t.Errorf("got %s", got)
	}
}

// TestCheckGateway: the gateway's port of a Procfile comes from the command line.
func TestCheckGateway(t *testing.T) {
	f, err := Parse("Procfile", []byte("web: PORT=3000 x\napi: PORT=3001 y\n"))
	if err != nil {
		t.Fatal(err)
	}
	err = f.CheckGateway(3000)
	const want = "Procfile:1:11: port 3000 is the gateway's port\n    1 | web: PORT=3000 x\n      |           ^^^^\n" +
		"  hint: give the service another port, or the gateway: devgate up --port 3002"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	if err := mustParse(t, "[a]\ncommand = 'x'\nport = 'auto'\n").CheckGateway(0); err != nil {
		t.Errorf("a port that is not known yet: %v", err)
	}
	if err := f.CheckGateway(3002); err != nil {
		t.Error(err)
	}
	if err := f.CheckGateway(0); err != nil {
		t.Error(err)
	}
}

// ErrorIn points to a part of a value, in the line in which it stands; to the value
// where the part is not written so.
func TestErrorInPointsToAPart(t *testing.T) {
	f := mustParse(t, "[a]\ncommand = \"\"\"\none\ntwo --port 4001\"\"\"\n")
	pos := f.Service("a").Position("command")
	for _, c := range []struct {
		parts []string
		want  string
	}{
		{[]string{"nope", "--port 4001", "4001"}, "Devgatefile:4:5: x\n    4 | two --port 4001\"\"\"\n      |     ^^^^^^^^^^^"},
		{[]string{"nope", ""}, "Devgatefile:2:11: x\n    2 | command = \"\"\"\n      |           ^^^"},
	} {
		if got := f.ErrorIn(pos, c.parts, "x", "").Error(); got != c.want {
			t.Errorf("%q:\n%s\nwant\n%s", c.parts, got, c.want)
		}
	}
	if got := f.ErrorIn(Position{}, []string{"one"}, "x", "").Error(); got != "Devgatefile: x" {
		t.Errorf("about the file: %s", got)
	}
}
