//go:build e2e

package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"devgate/internal/testport"
)

// engine is a real program that serves what devgate export wrote for it.
type engine struct {
	name  string
	port  int
	check []string // says whether the file is good
	run   []string
}

// engines are the three, with the file that was written and where it is to listen.
func engineOf(t *testing.T, name, file string) *engine {
	t.Helper()
	e := &engine{name: name, port: testport.One(t)}
	dir := t.TempDir()
	text := read(t, file)
	port := strconv.Itoa(e.port)
	conf := filepath.Join(dir, "conf")
	switch name {
	case "nginx":
		text = fmt.Sprintf("daemon off; master_process off; pid %s/pid; error_log %s/error.log;\nevents {}\nhttp {\naccess_log off; client_body_temp_path %s/body; proxy_temp_path %s/proxy;\n",
			dir, dir, dir, dir) + strings.Replace(text, "listen 80;", "listen 127.0.0.1:"+port+";", 1) + "}\n"
		e.check, e.run = []string{"nginx", "-t", "-c", conf, "-p", dir}, []string{"nginx", "-c", conf, "-p", dir}
	case "caddy":
		text = "{\n\tadmin off\n\tauto_https off\n}\n" + strings.Replace(text, ":80 {", "http://:"+port+" {\n\tbind 127.0.0.1", 1)
		e.check, e.run = []string{"caddy", "validate", "--adapter", "caddyfile", "--config", conf}, []string{"caddy", "run", "--adapter", "caddyfile", "--config", conf}
	case "haproxy":
		text = strings.Replace(text, "bind :80", "bind 127.0.0.1:"+port, 1)
		e.check, e.run = []string{"haproxy", "-c", "-f", conf}, []string{"haproxy", "-db", "-f", conf}
	}
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return e
}

// start has the engine check its file, and serve it until the test ends.
func (e *engine) start(t *testing.T) {
	t.Helper()
	if out, err := exec.Command(e.check[0], e.check[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%s refuses what was written for it: %v\n%s", e.name, err, out)
	}
	var out transcript
	cmd := exec.Command(e.run[0], e.run[1:]...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &out, patience/4
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		end(t, cmd)
		if t.Failed() {
			t.Logf("%s:\n%s", e.name, shortened(out.String()))
		}
	})
	eventually(t, e.name+" does not listen", func() bool {
		c, err := net.Dial("tcp", e.address())
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}

// end ends a program, whatever it waits for. An engine lets connections end by
// themselves, Caddy without a limit: here no client has one any more.
func end(t *testing.T, cmd *exec.Cmd) {
	cmd.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(patience/2, func() { cmd.Process.Kill() })
	cmd.Wait()
	if !kill.Stop() {
		t.Errorf("%s does not end by SIGTERM", cmd)
	}
}

func (e *engine) address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(e.port)) }
