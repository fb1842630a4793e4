package mcp_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"devgate/internal/cli"
	"devgate/internal/guard"
	"devgate/internal/testport"
)

// The test binary installs itself on PATH as devgate and as the services.
func TestMain(m *testing.M) {
	devgate := func() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
	testscript.Main(withSockets{m}, map[string]func(){
		"devgate":  devgate,
		guard.Name: devgate,
		"serve":    serveChild,
		"flood":    floodChild,
		"compile":  compileChild,
	})
}

// withSockets runs tests with a folder for control sockets: a short path, as a
// socket's has little room.
type withSockets struct{ *testing.M }

func (m withSockets) Run() int {
	run, err := os.MkdirTemp("", "dg")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(run)
	os.Setenv("XDG_RUNTIME_DIR", run)
	return m.M.Run()
}

// serveChild answers on $PORT: every path of its arguments (PATH=BODY), and else 404.
// It prints the path of each request. What the file "broken" says, if there is one,
// is its last word.
func serveChild() {
	if text, err := os.ReadFile("broken"); err == nil {
		fmt.Fprintln(os.Stderr, strings.TrimSpace(string(text)))
		os.Exit(3)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", os.Getenv("PORT")))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("asked for", r.URL.Path)
		for _, route := range os.Args[1:] {
			if path, body, _ := strings.Cut(route, "="); path == r.URL.Path {
				w.Header().Set("Set-Cookie", "session=hush")
				fmt.Fprint(w, body)
				return
			}
		}
		http.NotFound(w, r)
	}))
}

// floodChild prints so many lines of 100 bytes, then one line of so many bytes, and
// waits.
func floodChild() {
	lines, _ := strconv.Atoi(os.Args[1])
	long, _ := strconv.Atoi(os.Args[2])
	var all strings.Builder
	for i := range lines {
		fmt.Fprintf(&all, "%-99d\n", i)
	}
	all.WriteString(strings.Repeat("€", long/3) + "\nend of the flood\n")
	os.Stdout.WriteString(all.String())
	select {}
}

// compileChild is a build of half a second. What its file says is what is wrong with it; of one
// that begins with "fine" nothing is.
func compileChild() {
	<-time.After(500 * time.Millisecond)
	if text, err := os.ReadFile(os.Args[1]); err != nil || !strings.HasPrefix(string(text), "fine") {
		fmt.Println(string(text), err)
		os.Exit(1)
	}
}

// project is a folder with this Devgatefile; {GATEWAY}, {P1} and {P2} in it become
// free ports. What runs in it ends with the test.
func project(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"{GATEWAY}", "{P1}", "{P2}"} {
		if strings.Contains(text, name) {
			text = strings.ReplaceAll(text, name, strconv.Itoa(testport.One(t)))
		}
	}
	write(t, filepath.Join(dir, "Devgatefile"), text)
	t.Cleanup(func() {
		down := exec.Command("devgate", "down")
		down.Dir = dir
		if out, err := down.CombinedOutput(); err != nil {
			t.Errorf("devgate down: %v\n%s", err, out)
		}
	})
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// eventually reports whether something becomes so; it looks for a minute, as machines
// may be slow.
func eventually(so func() bool) bool {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); <-tick.C {
		if so() {
			return true
		}
	}
	return false
}

// pretty is JSON for the eye.
func pretty(t *testing.T, v any) string {
	t.Helper()
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
