package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"devgate/internal/control"
	"devgate/internal/proc"
	"devgate/internal/testport"
	"devgate/internal/testproc"
)

func TestMain(m *testing.M) {
	if code, is := proc.ConsoleHelper(os.Args[1:]); is {
		os.Exit(code)
	}
	testproc.Main(m, map[string]testproc.Role{
		"devgate": func(args []string) int { return Main(args, os.Stdin, os.Stdout, os.Stderr) },
		"service": serviceRole,
	})
}

// serviceRole answers below its name with what its file held when it started; or it is
// the build of one that does.
func serviceRole(args []string) int {
	if args[0] == "build" {
		return copyTo(args[1])
	}
	name := args[0]
	text, _ := os.ReadFile(name + ".txt")
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, os.Interrupt)
	go func() { <-asked; fmt.Println("ends well"); os.Exit(0) }()
	fmt.Println("program", filepath.Base(os.Args[0]))
	err := http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/"+name) {
			fmt.Fprintf(w, "%s %s", name, text)
			return
		}
		http.NotFound(w, r)
	}))
	fmt.Println(err)
	return 1
}

// copyTo is a build: it makes this program once more.
func copyTo(path string) int {
	self, err := os.ReadFile(os.Args[0])
	if err == nil {
		err = os.WriteFile(path, self, 0o700)
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// shop is a project with an API, and a front end that is built.
type shop struct {
	t    *testing.T
	dir  string
	url  string
	self string
}

func newShop(t *testing.T) *shop {
	t.Helper()
	testproc.Command(t, "service") // played by services and a build
	ports := testport.Some(t, 3)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{t: t, dir: t.TempDir(), url: fmt.Sprintf("http://127.0.0.1:%d", ports[0]), self: self}
	s.write("api.txt", "one")
	s.write("web.txt", "one")
	s.write("Devgatefile", fmt.Sprintf(`
port = %d
dashboard = false

[api]
command = ['%s', "api"]
port = %d
env = { DEVGATE_TEST_ROLE = "service" }
ready = "/api"

[web]
command = "{bin} web"
build = ['%s', "build", "{bin}"]
port = %d
env = { DEVGATE_TEST_ROLE = "service" }
watch = ["web.txt"]
`, ports[0], self, ports[1], self, ports[2]))
	return s
}

func (s *shop) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// command is devgate in the project; what it prints goes to a file, as the processes of
// the system may hold a pipe open.
func (s *shop) command(args ...string) (cmd *exec.Cmd, said func() string) {
	s.t.Helper()
	argv, env := testproc.Command(s.t, "devgate", args...)
	out, err := os.CreateTemp(s.t.TempDir(), "out")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { out.Close() })
	cmd = &exec.Cmd{Path: argv[0], Args: argv, Env: env, Dir: s.dir, Stdout: out, Stderr: out}
	return cmd, func() string {
		text, _ := os.ReadFile(out.Name())
		return string(text)
	}
}

// run is one command that has to end well; the result is what it has printed.
func (s *shop) run(args ...string) string {
	s.t.Helper()
	cmd, said := s.command(args...)
	if err := cmd.Run(); err != nil {
		s.t.Fatalf("devgate %s: %v: %s", strings.Join(args, " "), err, said())
	}
	return said()
}

// get is what the gateway answers; "" for none.
func (s *shop) get(path string) string {
	answer, err := http.Get(s.url + path)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return fmt.Sprintf("%d %s", answer.StatusCode, text)
}

func (s *shop) status() (status control.Status) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(s.run("status", "--json")), &status); err != nil {
		s.t.Fatal(err)
	}
	return status
}

// processes are those of the services.
func (s *shop) processes() (all []proc.ID) {
	s.t.Helper()
	for _, service := range s.status().Services {
		if service.PID != nil {
			if id, alive := proc.Identify(*service.PID); alive {
				all = append(all, id)
			}
		}
	}
	if len(all) != 2 {
		s.t.Fatalf("%v run", all)
	}
	return all
}

func (s *shop) until(what string, said func() string, holds func() bool) {
	s.t.Helper()
	limit := time.After(time.Minute)
	for !holds() {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-limit:
			s.t.Fatalf("%s: %s", what, said())
		}
	}
}

// N1: services start, are behind one port in their order, are built and restarted when a
// file is saved, and are told to end.
func TestAProjectRunsFromUpToDown(t *testing.T) {
	s := newShop(t)
	up, said := s.command("up")
	if err := up.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { up.Process.Kill() })
	s.until("not ready", said, func() bool { return strings.Contains(said(), "devgate: ready ") })
	for path, want := range map[string]string{"/api": "200 api one", "/web": "200 web one", "/x": "404 404 page not found\n"} {
		if got := s.get(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	s.write("web.txt", "two")
	s.until("not restarted", said, func() bool { return s.get("/web") == "200 web two" })
	if got := s.get("/api"); got != "200 api one" {
		t.Errorf("the API: %q", got)
	}
	s.write("api.txt", "two")
	s.run("restart", "api", "--wait")
	if got := s.get("/api"); got != "200 api two" {
		t.Errorf("the API after a restart: %q", got)
	}
	if text := s.run("logs", "web"); !strings.Contains(text, "program web.exe") {
		t.Errorf("the log: %q", text)
	}
	if text := s.run("up"); !strings.Contains(text, "already running (pid ") {
		t.Errorf("a second one: %q", text)
	}
	all := s.processes()
	s.run("down")
	if err := up.Wait(); err != nil {
		t.Errorf("%v: %s", err, said())
	}
	for _, line := range []string{"api | ends well", "web | ends well"} {
		if !strings.Contains(said(), line) {
			t.Errorf("no %q in: %s", line, said())
		}
	}
	for _, id := range all {
		if id.Alive() {
			t.Errorf("%v is left", id)
		}
	}
}

// P1: a devgate that is killed takes its services along.
func TestAKilledDevgateLeavesNobody(t *testing.T) {
	s := newShop(t)
	up, said := s.command("up")
	if err := up.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { up.Process.Kill() })
	s.until("not ready", said, func() bool { return strings.Contains(said(), "devgate: ready ") })
	all := s.processes()
	up.Process.Kill()
	up.Wait()
	for _, id := range all {
		s.until("somebody is left", said, func() bool { return !id.Alive() })
	}
	if cmd, said := s.command("status"); cmd.Run() == nil {
		t.Errorf("it runs: %s", said())
	}
}

// C3: a devgate in the background lives on without who has started it.
func TestADevgateInTheBackground(t *testing.T) {
	s := newShop(t)
	if text := s.run("up", "--detach"); !strings.Contains(text, "devgate: ready ") {
		t.Errorf("it said %q", text)
	}
	all := s.processes()
	if got := s.get("/web"); got != "200 web one" {
		t.Errorf("the front end: %q", got)
	}
	s.run("down")
	for _, id := range all {
		if id.Alive() {
			t.Errorf("%v is left", id)
		}
	}
}

func TestACommandRunsInAServicesEnvironment(t *testing.T) {
	s := newShop(t)
	cmd, said := s.command("run", "api", "--", "cmd.exe", "/c", "exit", "5")
	if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != 5 {
		t.Errorf("%v: %s", err, said())
	}
}
