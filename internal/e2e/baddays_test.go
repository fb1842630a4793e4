//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// badNeighbour is twoServers and one more with a bad habit.
const badNeighbour = `
port = $GATEWAY
hold = "1s"

[users]
command = "node server.js users"
port = $P1

[live]
command = "node server.js live"
port = $P2

[bad]
command = "node bad.js HABIT"
port = $P3
watch = ["bad.js"]
`

func (p *project) writeBad(habit string) {
	p.write("Devgatefile", strings.ReplaceAll(badNeighbour, "HABIT", habit))
}

// A server that dies at once is given up with its last lines; the others go on,
// and a fix that is saved is enough (P5, G4).
func TestACrashLoopBesideServersThatWork(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.writeBad("crash")
	g := p.up()
	g.out.await(t, `^bad +\* exit status 1; starts again in 200ms$`)
	g.out.await(t, `^bad +\* failed: exit status 1, 3 times in a row$`)
	g.out.await(t, `^bad +\*     Error: the database is not there$`)
	g.get(t, "/users", 200, "users=200")
	g.get(t, "/live", 200, "users=404, live=200")
	reason := g.get(t, "/bad", 502, "users=404, live=404, bad=crashed")
	reason.contains(t, "exit status 1, 3 times in a row")
	if kind := reason.header.Get("X-Devgate-Error"); kind != "crashed" {
		t.Errorf("X-Devgate-Error: %q", kind)
	}
	p.replace("bad.js", `throw new Error("the database is not there");`, `habits.flood();`, `"x".repeat(10 << 20)`, `"fixed\n"`)
	g.awaitReady("3 backends")
	g.get(t, "/bad", 200, "users=404, live=404, bad=200")
	g.down()
}

// A save with a mistake is told with its lines, and the save that mends it is
// enough: it waits for no delay (P5). The other server goes on.
func TestASaveWithAMistake(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write("Devgatefile", twoServers.devgatefile)
	g := p.ready("2 backends")
	p.write("lib/live.js", "export const version = ;\n")
	g.out.await(t, `^live +\| SyntaxError: Unexpected token`)
	g.out.await(t, `^live +\* failed: exit status 1`)
	g.get(t, "/users", 200, "users=200")
	g.get(t, "/live", 502, "users=404, live=crashed")
	p.write("lib/live.js", "export const version = 'mended';\n")
	p.awaitVersion(t, "live", "mended")
	p.write("lib/live.js", "export const version = ;\n")
	eventually(t, "the second mistake is not told", func() bool { return g.out.count(`^live +\* exit status 1; starts again`) > 2 })
	p.write("lib/live.js", "export const version = 'mended again';\n")
	p.awaitVersion(t, "live", "mended again")
	g.down()
}

// awaitVersion waits until a server answers that runs an edit.
func (p *project) awaitVersion(t *testing.T, server, version string) {
	t.Helper()
	eventually(t, server+" does not answer in version "+version, func() bool {
		got := p.ask(t, request{method: "GET", path: "/" + server})
		return got.status == 200 && got.said(t).Version == version
	})
}

// A port that another node has is told with its pid before anything starts (P4).
func TestABusyPort(t *testing.T) {
	p := newProject(t)
	p.write("Devgatefile", twoServers.devgatefile)
	other := exec.Command("node", "server.js", "orders")
	var out transcript
	other.Dir, other.Stdout, other.Stderr = p.dir, &out, &out
	other.Env = append(os.Environ(), "PORT="+p.ports["P2"])
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer other.Wait()
	defer other.Process.Kill()
	out.await(t, `^orders listens on`)

	stdout, stderr, code := p.do("up")
	want := fmt.Sprintf("^devgate: live: port %s is in use by pid %d, `node server.js orders`, in %s, up .*\n"+
		"  hint: change the port at Devgatefile:11:8\n        kill %d ", p.ports["P2"], other.Process.Pid, regexp.QuoteMeta(p.dir), other.Process.Pid)
	if code != 1 || stdout != "" || !regexp.MustCompile(want).MatchString(stderr) {
		t.Errorf("exit %d, stdout %q, stderr:\n%s\nwant exit 1 and %s", code, stdout, stderr, want)
	}
	other.Process.Kill()
	other.Wait()
	g := p.ready("2 backends")
	g.down()
}

// Where "localhost" means ::1 to a server, devgate finds it.
func TestAServerOnTheOtherLoopback(t *testing.T) {
	p := newProject(t)
	p.env = append(p.env, "HOST=::1")
	p.write("Devgatefile", twoServers.devgatefile)
	g := p.ready("2 backends")
	g.get(t, "/live", 200, "users=404, live=200")
	body := document(100_000)
	got := g.ask(t, request{method: "POST", path: "/echo/live", body: body, header: headers("Content-Type", "application/json")})
	if s := got.said(t); s.SHA256 != sum(body) {
		t.Errorf("the body is not whole: %+v", s)
	}
	g.openSocket()
	p.must("restart", "--wait", "live")
	g.get(t, "/live", 200, "users=404, live=200")
	g.down()
}

// A server that never listens is told of after 5 s, with what is missing and
// what it said last (P6). The others work; who asks it waits, up to `hold` (G4).
func TestAServerThatNeverListens(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.writeBad("mute")
	g := p.up()
	g.out.await(t, `^live +\* ready in`)
	g.get(t, "/live", 200, "users=404, live=200")
	held := g.get(t, "/bad", 503, "users=404, live=404, bad=starting")
	if kind := held.header.Get("X-Devgate-Error"); kind != "starting" {
		t.Errorf("X-Devgate-Error: %q", kind)
	}
	g.out.await(t, `^bad +\* still starting after 5s: nothing listens on localhost:`+p.ports["P3"]+`; last output: "connecting to the database"$`)
	if n := g.out.count(`^devgate: ready`); n != 0 {
		t.Error("ready is said and not all are")
	}
	g.signal(syscall.SIGINT)
}

// 10 MB without a newline hold up nobody, and none of it is lost (P8).
func TestAServerThatPrintsWithoutNewline(t *testing.T) {
	p := newProject(t)
	p.writeBad("flood")
	g := p.ready("3 backends")
	g.get(t, "/bad", 200, "users=404, live=404, bad=200").contains(t, "flood")
	g.down()
	raw, err := os.ReadFile(p.path(".devgate/logs/bad.log"))
	if err != nil {
		t.Fatal(err)
	}
	old, _ := os.ReadFile(p.path(".devgate/logs/bad.log.1"))
	if n := strings.Count(string(raw)+string(old), "x"); n != 10<<20 {
		t.Errorf("the log has %d bytes of %d", n, 10<<20)
	}
	shown := 0
	for line := range strings.Lines(g.out.String()) {
		if strings.HasPrefix(line, "bad ") {
			shown += strings.Count(line, "x")
		}
		if len(line) > 65<<10 {
			t.Fatalf("a line of %d bytes", len(line))
		}
	}
	if shown != 10<<20 {
		t.Errorf("%d bytes of %d were shown", shown, 10<<20)
	}
}

// A server that is killed under load fails what it was answering, no more, and
// nobody else answers in its place (G3, G4).
func TestAServerIsKilledUnderLoad(t *testing.T) {
	p := newProject(t)
	p.env = append(p.env, "SEEN="+p.path("seen"))
	p.write("Devgatefile", twoServers.devgatefile)
	g := p.ready("2 backends")
	l := p.startLoad("users", "live")
	for _, server := range []string{"users", "live"} {
		l.awaitMore(10 * workers)
		old := p.pidOf(server)
		if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		g.out.await(t, `^`+server+` +\* killed by KILL; starts again in 200ms$`)
		eventually(t, server+" does not come back", func() bool { pid := p.pidOf(server); return pid != 0 && pid != old })
		g.out.await(t, `^`+server+` +\* ready in .*\(pid `+fmt.Sprint(p.pidOf(server))+`\)$`)
	}
	l.awaitMore(10 * workers)
	failures := l.stop()
	if len(failures) > 2*workers {
		t.Errorf("%d requests failed in 2 crashes with %d workers", len(failures), workers)
	}
	for _, f := range failures {
		if f.status != 502 {
			t.Errorf("not a 502: %s", f.text)
		}
	}
	t.Logf("%d requests, %d failed", l.sent.Load(), len(failures))
	seen, err := os.ReadFile(p.path("seen"))
	if err != nil {
		t.Fatal(err)
	}
	l.sentOnce(string(seen))
	g.down()
}
