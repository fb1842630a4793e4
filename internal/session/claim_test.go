package session

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"devgate/internal/checkout"
	"devgate/internal/control"
	"devgate/internal/project"
	"devgate/procfile"
)

// K1: who is another checkout of the project, and whether ports have to move for him.
func TestWhoHasPortsOfThisCheckout(t *testing.T) {
	home := checkout.Checkout{Top: "/w/own", Repository: "/w/main/.git"}
	for name, c := range map[string]struct {
		isolate procfile.Isolate
		port    int // of the command line
		other   control.Entry
		moves   bool
	}{
		"a worktree that has one":            {other: control.Entry{Name: "x", Top: "/w/main", Common: "/w/main/.git", Ports: []int{1, 4001}}, moves: true},
		"a worktree that has others":         {other: control.Entry{Name: "x", Top: "/w/main", Common: "/w/main/.git", Ports: []int{1}}},
		"another project of this checkout":   {other: control.Entry{Name: "x", Top: "/w/own", Common: "/w/main/.git", Ports: []int{4001}}},
		"another repository":                 {other: control.Entry{Name: "x", Top: "/w/y", Common: "/w/y/.git", Ports: []int{4001}}},
		"the same name elsewhere":            {other: control.Entry{Name: "shop", Root: "/w/y", Ports: []int{3000}}, moves: true},
		"a port that the command line names": {port: 3000, other: control.Entry{Name: "shop", Root: "/w/y", Ports: []int{3000}}},
		"forbidden":                          {isolate: procfile.IsolateOff, other: control.Entry{Name: "shop", Root: "/w/y", Ports: []int{3000}}},
		"asked for":                          {isolate: procfile.IsolateOn, moves: true},
	} {
		p := loaded(t, "name = \"shop\"\n[api]\ncommand = \"x\"\nport = 4001\n")
		p.Isolate = c.isolate
		claim := &claim{project: p, source: project.Options{Port: c.port}, home: home, others: []control.Entry{c.other}}
		if why := claim.reason(); (why != "") != c.moves {
			t.Errorf("%s: %q", name, why)
		}
	}
}

// K2: the name of a checkout is no service's, and no other checkout's; the block is
// remembered.
func TestAMovedCheckoutHasANameOfItsOwn(t *testing.T) {
	p := loaded(t, "name = \"shop\"\n[api]\ncommand = \"x\"\nport = 4001\n")
	if err := os.MkdirAll(filepath.Join(p.Root, control.Folder), 0o755); err != nil {
		t.Fatal(err)
	}
	folder := checkout.Label(filepath.Base(p.Root))
	for _, c := range []struct{ branch, other, want string }{
		{"fix/a", "", "fix-a"},
		{"API", "", folder},
		{"fix/a", "fix-a", folder},
		{"fix/a", folder, "fix-a"},
	} {
		block := 0
		claim := &claim{
			project: p, home: checkout.Checkout{Branch: c.branch}, others: []control.Entry{{Label: c.other}},
			occupy: func(moved *project.Project) error { block = moved.Block; return nil },
		}
		if err := claim.move("asked"); err != nil {
			t.Fatal(err)
		}
		if claim.project.Label != c.want || !strings.HasSuffix(claim.moved, "is at "+claim.project.URL) {
			t.Errorf("%+v: %q, %q", c, claim.project.Label, claim.moved)
		}
		if rememberedBlock(p.Root) != block {
			t.Errorf("remembered %d, it is %d", rememberedBlock(p.Root), block)
		}
	}
	// What another devgate has is not chosen, though nobody listens there now.
	first := rememberedBlock(p.Root)
	claim := &claim{project: p, others: []control.Entry{{Ports: []int{first + 1}}}, occupy: func(*project.Project) error { return nil }}
	if err := claim.move("asked"); err != nil || claim.project.Block == first {
		t.Errorf("block %d, %v", claim.project.Block, err)
	}
}
