package control

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// ownFolders gives a test folders that no other devgate is in.
func ownFolders(t *testing.T) (run, temp string) {
	t.Helper()
	run, temp = t.TempDir(), t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", run)
	t.Setenv("TMPDIR", temp)
	t.Setenv("LOCALAPPDATA", run)
	return run, temp
}

func open(t *testing.T) *Registry {
	t.Helper()
	r, err := OpenRegistry()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func enter(t *testing.T, e Entry) *Registration {
	t.Helper()
	r := open(t)
	defer r.Close()
	g, err := r.Enter(e)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func entries(t *testing.T) (roots string) {
	t.Helper()
	all, err := Entries()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		roots += e.Root + " "
	}
	return strings.TrimSpace(roots)
}

// K4: who runs is on the list, in order, with all that others have to know.
func TestTheListHasWhoRuns(t *testing.T) {
	ownFolders(t)
	b := enter(t, Entry{Root: "/b"})
	want := Entry{
		Record: Record{PID: 7, URL: "http://localhost:3000", Socket: "/s", Started: time.Unix(9, 0).UTC(), Devgate: "1"},
		Root:   "/a", Name: "shop", Top: "/a", Common: "/a/.git", Label: "x", Ports: []int{3000, 4001},
	}
	a := enter(t, Entry{Root: "/a"})
	if err := a.Update(want); err != nil {
		t.Fatal(err)
	}
	all, err := Entries()
	want.Protocol = Version
	if err != nil || len(all) != 2 || !reflect.DeepEqual(all[0], want) || all[1].Root != "/b" {
		t.Fatalf("%+v, %v; want %+v and b", all, err, want)
	}
	if !all[0].Runs() {
		t.Error("a does not run")
	}
	// An entry that is shorter than the one before leaves nothing of that.
	if err := a.Update(Entry{Root: "/a"}); err != nil || entries(t) != "/a /b" {
		t.Errorf("%q, %v", entries(t), err)
	}
	b.Leave()
	b.Leave()
	if entries(t) != "/a" || all[1].Runs() {
		t.Errorf("b has left: %q", entries(t))
	}
	a.Leave()
	if entries(t) != "" {
		t.Errorf("all have left: %q", entries(t))
	}
}

// A killed devgate is not on the list, whatever it has left; and the next of its
// project comes in its place.
func TestWhatAKilledDevgateLeavesMeansNothing(t *testing.T) {
	run, _ := ownFolders(t)
	enter(t, Entry{Root: "/a"}).file.Close() // which the system does for a process that is killed
	left, _ := filepath.Glob(filepath.Join(run, "devgate", "*.entry"))
	if len(left) != 1 {
		t.Fatalf("left %q", left)
	}
	again := enter(t, Entry{Root: "/a", Name: "again"})
	if entries(t) != "/a" {
		t.Errorf("the next one is not there: %q", entries(t))
	}
	again.file.Close()
	if entries(t) != "" {
		t.Errorf("killed, and on the list: %q", entries(t))
	}
	if _, err := os.Stat(left[0]); !os.IsNotExist(err) {
		t.Errorf("it was not cleared away: %v", err)
	}
}

// While one has the list open nobody else has; one that was stopped with it keeps nobody
// from starting.
func TestTheListIsOneDevgatesAtATime(t *testing.T) {
	ownFolders(t)
	first := open(t)
	second := make(chan *Registry)
	go func() { r, _ := OpenRegistry(); second <- r }()
	select {
	case <-second:
		t.Fatal("two have it open")
	case <-time.After(50 * time.Millisecond): // that much it would have taken at least
	}
	first.Close()
	if r := <-second; r.lock == nil {
		t.Error("closed, and not open to the next")
	} else {
		r.Close()
	}
	stuck := open(t)
	defer stuck.Close()
	began := time.Now()
	late, err := OpenRegistry()
	if err != nil || late.lock != nil || time.Since(began) < registryPatience {
		t.Errorf("%+v, %v after %s", late, err, time.Since(began))
	}
	// What it cannot be sure of it does not clear away.
	g, err := late.Enter(Entry{Root: "/a"})
	if err != nil {
		t.Fatal(err)
	}
	g.file.Close()
	late.Entries()
	if _, err := os.Stat(g.path); err != nil {
		t.Error(err)
	}
}

func TestAnEntryThatIsNoneIsLeftOut(t *testing.T) {
	ownFolders(t)
	g := enter(t, Entry{Root: "/a"})
	defer g.Leave()
	if _, err := g.file.WriteAt([]byte("{{"), 0); err != nil {
		t.Fatal(err)
	}
	if got := entries(t); got != "" {
		t.Errorf("listed %q", got)
	}
}
