//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// shopFile is a front end and its API, as most projects have them.
const shopFile = "name = \"shop\"\nport = $GATEWAY\n\n" + viteTable + "\n" + apiTable

// newCheckouts is a repository with a front end and an API, in as many checkouts as there are
// names: the first is the main one, those that begin with "clone" are clones, the others worktrees
// on a branch of their name. Each says in its page and its API who it is.
func newCheckouts(t *testing.T, names ...string) map[string]*project {
	t.Helper()
	installed, err := frontends()
	if err != nil {
		t.Fatal(err)
	}
	base := emptyProject(t)
	all := map[string]*project{}
	run := t.TempDir()
	for _, name := range names {
		p := *base
		p.dir, p.mark, p.ports = filepath.Join(base.dir, folderOf(name)), base.mark+"-"+folderOf(name), maps.Clone(base.ports)
		p.env = append(slices.Clone(base.env), p.mark, "XDG_RUNTIME_DIR="+run, "TMPDIR="+run)
		all[name] = &p
	}
	main := all[names[0]]
	if err := os.CopyFS(main.dir, os.DirFS("testdata/frontends")); err != nil {
		t.Fatal(err)
	}
	main.write("Devgatefile", shopFile)
	main.write(".gitignore", "/node_modules\n/.vite\n.env\n")
	main.git("init", "-q", "-b", names[0])
	main.git("add", "-A")
	main.git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "first")
	for _, name := range names {
		p := all[name]
		switch {
		case p == main:
		case strings.HasPrefix(name, "clone"):
			main.git("clone", "-q", ".", p.dir)
		default:
			main.git("worktree", "add", "-q", "-b", name, p.dir)
		}
		if err := os.Symlink(filepath.Join(installed, "node_modules"), p.path("node_modules")); err != nil {
			t.Fatal(err)
		}
		p.replace("api.js", "Ada", "Ada of "+name)
		p.replace("src/greeting.js", "good morning", "good morning from "+name)
	}
	return all
}

// folderOf is where the checkout of a branch is.
func folderOf(branch string) string { return strings.ReplaceAll(branch, "/", "-") }

func (p *project) git(args ...string) {
	p.t.Helper()
	if err := inFolder(p.dir, "git", args...); err != nil {
		p.t.Fatal(err)
	}
}

// upAtOnce starts all of them in one instant, and waits until all are ready.
func upAtOnce(t *testing.T, all map[string]*project) map[string]*gateway {
	t.Helper()
	running := map[string]*gateway{}
	for name, p := range all {
		running[name] = p.up()
	}
	for _, g := range running {
		g.found(t)
	}
	return running
}

// found is awaitReady for a gateway that may have moved: from then on its port is known.
func (g *gateway) found(t *testing.T) {
	t.Helper()
	line := g.out.await(t, `^devgate: ready `)
	m := regexp.MustCompile(`^devgate: ready http://localhost:(\d+) \(2 backends, `).FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("%q", line)
	}
	if m[1] != g.ports["GATEWAY"] {
		g.ports = map[string]string{"GATEWAY": m[1]} // the others are another checkout's
	}
}

// moved reports whether devgate has said in its first line that all ports have moved.
func (g *gateway) moved() bool {
	first, _, _ := strings.Cut(g.out.String(), "\n")
	return strings.Contains(first, "this checkout has ports of its own, and is at http://localhost:"+g.ports["GATEWAY"])
}

// answersAs fails unless page, module and API are those of the checkout.
func (g *gateway) answersAs(t *testing.T, name string) {
	t.Helper()
	g.get(t, "/api/users", 200, "web=200, api=200").contains(t, `"Ada of `+name+`"`)
	g.with(t, script(), "GET", "/src/greeting.js", 200, "web=200").contains(t, " from "+name)
}

// listed is one devgate in `devgate ls --json`.
type listed struct {
	Name, Folder, State, URL string
	Branch, Alias            *string
	PID                      int
}

func (p *project) list() map[string]listed {
	p.t.Helper()
	var all []listed
	if err := json.Unmarshal([]byte(p.must("ls", "--json")), &all); err != nil {
		p.t.Fatal(err)
	}
	byFolder := map[string]listed{}
	for _, one := range all {
		byFolder[one.Folder] = one
	}
	return byFolder
}

// K1, K2, K4 with real worktrees and clones: five that start in one instant have ports of
// their own, answer for themselves, and are where they were after a restart.
func TestFiveCheckoutsAtOnce(t *testing.T) {
	names := []string{"main", "fix/login", "fix/cart", "clone-a", "clone-b"}
	all := newCheckouts(t, names...)
	running := upAtOnce(t, all)
	where, stayed := map[string]string{}, 0
	for name, g := range running {
		g.answersAs(t, name)
		if !g.moved() {
			stayed++
		}
		where[name] = g.ports["GATEWAY"]
	}
	if ports := slices.Sorted(maps.Values(where)); len(slices.Compact(ports)) != len(names) || stayed != 1 {
		t.Errorf("they are at %v, and %d have not moved", where, stayed)
	}
	everySocketIsItsOwn(t, running)
	listIsTrue(t, running)

	// After a restart who has moved is where he was, whoever comes first. Who has not stays up.
	for name, g := range running {
		if g.moved() {
			g.down()
			again := all[name].up()
			again.found(t)
			if g.ports["GATEWAY"] != where[name] {
				t.Errorf("%s was at %s and is at %s", name, where[name], g.ports["GATEWAY"])
			}
			again.answersAs(t, name)
			running[name] = again
		}
	}
	out := all["main"].must("down", "--all")
	for name, g := range running {
		g.exits(0)
		if !strings.Contains(out, "stopped shop, in "+all[name].dir+"\n") {
			t.Errorf("of %s it says nothing:\n%s", name, out)
		}
	}
	if left := all["main"].list(); len(left) != 0 {
		t.Errorf("still listed: %v", left)
	}
}

// everySocketIsItsOwn: an edit in one checkout is told by its own Vite, and by no other.
func everySocketIsItsOwn(t *testing.T, running map[string]*gateway) {
	t.Helper()
	sockets := map[string]*socket{}
	for name, g := range running {
		sockets[name] = g.openHMR(t)
		sockets[name].until("connected")
	}
	// One after the other: were an edit told to all, the next would be told of the one before.
	for name, g := range running {
		g.replace("src/greeting.js", "good morning", "good evening")
		_, said, err := sockets[name].frame()
		if err != nil || !strings.Contains(said, "greeting.js") {
			t.Errorf("%s is told %q, %v", name, said, err)
		}
		g.with(t, script(), "GET", "/src/greeting.js", 200, "web=200").contains(t, "good evening from "+name)
	}
	for _, s := range sockets {
		s.conn.Close()
	}
}

// listIsTrue compares the list with what is known of each.
func listIsTrue(t *testing.T, running map[string]*gateway) {
	t.Helper()
	for _, asking := range running {
		list := asking.list()
		if len(list) != len(running) {
			t.Errorf("listed %d of %d: %v", len(list), len(running), list)
		}
		for name, g := range running {
			one := list[g.dir]
			branch := name
			if strings.HasPrefix(name, "clone") {
				branch = "main"
			}
			if one.Name != "shop" || one.State != "ready" || one.URL != g.url("") || one.PID != g.cmd.Process.Pid || one.Branch == nil || *one.Branch != branch {
				t.Errorf("%s is listed as %+v", name, one)
			}
			if (one.Alias != nil) != g.moved() {
				t.Errorf("%s has the name %v", name, one.Alias)
			}
		}
	}
}

// K2: cookies are apart by the names of checkouts, which localhost cannot do.
func TestCookiesOfCheckoutsAreApart(t *testing.T) {
	all := newCheckouts(t, "main", "fix/login", "fix/cart")
	first := all["main"].ready("2 backends")
	others := upAtOnce(t, map[string]*project{"fix/login": all["fix/login"], "fix/cart": all["fix/cart"]})
	browser := openTab(t)
	for _, round := range []string{"begin", "again"} {
		for name, g := range others {
			browser.visit("http://" + folderOf(name) + ".localhost:" + g.ports["GATEWAY"] + "/")
			browser.awaitText("greeting: good morning from "+name, "Ada of "+name, "socket: hello from the API")
			want := map[string]string{"begin": "", "again": "who=" + name}[round]
			if got := browser.js("document.cookie"); got != want {
				t.Errorf("%s %s has the cookies %q, want %q", name, round, got, want)
			}
			browser.js("document.cookie = " + fmt.Sprintf("%q", "who="+name))
		}
	}
	// HMR in the page of one, by its name.
	login := others["fix/login"]
	browser.visit("http://fix-login.localhost:" + login.ports["GATEWAY"] + "/")
	browser.awaitText("good morning from fix/login")
	others["fix/cart"].replace("src/greeting.js", "good morning", "good night")
	login.replace("src/greeting.js", "good morning", "good evening")
	browser.awaitText("greeting: good evening from fix/login")
	// At localhost all would share what is set here.
	browser.visit(first.url("/"))
	browser.awaitText("Ada of main")
	if got := browser.js("document.cookie"); got != "" {
		t.Errorf("localhost has the cookies %q", got)
	}
	for _, g := range others {
		g.down()
	}
	first.down()
}

// P4: a stranger's process on a port is told, with a sibling there or not. A checkout that
// was killed holds nothing, and is on no list.
func TestStrangersAndKilledCheckouts(t *testing.T) {
	all := newCheckouts(t, "main", "fix/login")
	main, login := all["main"], all["fix/login"]
	stranger, err := net.Listen("tcp", "127.0.0.1:"+main.ports["P2"])
	if err != nil {
		t.Fatal(err)
	}
	_, stderr, code := main.do("up")
	if want := fmt.Sprintf("devgate: api: port %s is in use by pid %d", main.ports["P2"], os.Getpid()); code != 1 || !strings.HasPrefix(stderr, want) || strings.Contains(stderr, "isolate") {
		t.Errorf("exit %d, want 1:\n%s", code, stderr)
	}
	stranger.Close()

	killed := main.ready("2 backends")
	second := login.up()
	second.found(t)
	where := second.ports["GATEWAY"]
	if !second.moved() {
		t.Error("the second has not moved")
	}
	// Both processes of the first at once: nobody is left to clear anything away.
	managers, err := exec.Command("pgrep", "-P", fmt.Sprint(killed.cmd.Process.Pid)).Output()
	if err != nil {
		t.Fatal(err)
	}
	for pid := range strings.FieldsSeq(string(managers)) {
		exec.Command("kill", "-KILL", pid).Run()
	}
	killed.cmd.Process.Signal(syscall.SIGKILL)
	<-killed.ended
	eventually(t, "who was killed is still on the list", func() bool { list := login.list(); return len(list) == 1 && list[login.dir].State == "ready" })

	// The second has its ports as long as it runs, and the first those of the file again.
	again := main.ready("2 backends")
	if again.moved() {
		t.Error("a killed devgate holds its ports")
	}
	second.answersAs(t, "fix/login")
	again.answersAs(t, "main")
	second.down()
	second = login.up()
	second.found(t)
	if second.ports["GATEWAY"] != where {
		t.Errorf("it was at %s and is at %s", where, second.ports["GATEWAY"])
	}
	second.down()
	again.down()
}

// What a client sends for the name of a checkout reaches servers that check the Host.
func TestTheNameOfACheckoutIsAccepted(t *testing.T) {
	all := newCheckouts(t, "main", "fix/login")
	first := all["main"].ready("2 backends")
	second := all["fix/login"].up()
	second.found(t)
	for path, status := range map[string]int{"/": 200, "/api/users": 200, "/src/main.js": 200} {
		req, _ := http.NewRequest("GET", second.url(path), nil)
		req.Host = "fix-login.localhost:" + second.ports["GATEWAY"]
		got, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
		if got.StatusCode != status {
			t.Errorf("%s by name: %s", path, got.Status)
		}
	}
	second.down()
	first.down()
}
