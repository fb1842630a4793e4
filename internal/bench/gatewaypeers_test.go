package bench

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"devgate/internal/testport"
)

// peer is a gateway that is measured; devgate is one of them. All have the same
// three backends, which devgate has started.
type peer struct {
	*up
	name string
	port int
}

// field is who is measured, and where the backends are.
type field struct {
	program  string // testdata/gateway
	dir      string
	backends [3]int
	peers    []*peer // devgate first
}

// newField starts everybody. Who cannot be had is said to be not measured.
func newField(b *testing.B) *field {
	b.Helper()
	f := &field{dir: b.TempDir()}
	f.program = filepath.Join(f.dir, "gateway")
	if err := inFolder(".", "go", "build", "-o", f.program, "./testdata/gateway"); err != nil {
		b.Fatal(err)
	}
	for i := range f.backends {
		f.backends[i] = testport.One(b)
	}
	f.startDevgate(b)
	f.add(b, "chain", f.chain)
	f.add(b, "nginx", f.nginx)
	f.add(b, "haproxy", f.haproxy)
	f.add(b, "recipe", func(port int) (*exec.Cmd, error) { return f.recipe(port, "") })
	f.add(b, "repaired", func(port int) (*exec.Cmd, error) { return f.recipe(port, "REPAIRED=1") })
	return f
}

func (f *field) startDevgate(b *testing.B) {
	b.Helper()
	port := testport.One(b)
	var file strings.Builder
	fmt.Fprintf(&file, "port = %d\nname = \"bench\"\n", port)
	for i, name := range []string{"a", "b", "c"} {
		fmt.Fprintf(&file, "[%s]\ncommand = \"exec %s backend %s\"\nport = %d\n", name, f.program, name, f.backends[i])
	}
	u := start(b, project(b, file.String()))
	b.Cleanup(u.stop)
	await(b, "devgate", func() bool { return count(u.out, "ready http") == 1 })
	f.peers = append(f.peers, &peer{u, "devgate", port})
}

// add starts a peer and waits until it answers as a cascade.
func (f *field) add(b *testing.B, name string, command func(port int) (*exec.Cmd, error)) {
	b.Helper()
	port := testport.One(b)
	cmd, err := command(port)
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		b.Logf("%s: not measured: %v", name, err)
		return
	}
	u := &up{cmd: cmd}
	b.Cleanup(u.stop)
	for began := time.Now(); !listens(port); pause(time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			b.Logf("%s: not measured: it does not listen", name)
			return
		}
	}
	for _, path := range []string{"/a/json", "/b/json", "/c/json"} {
		if status, err := get(port, path); status != 200 {
			b.Logf("%s: not measured: %s is answered with %d, %v", name, path, status, err)
			return
		}
	}
	f.peers = append(f.peers, &peer{u, name, port})
}

func (f *field) args(port int) []string {
	all := []string{fmt.Sprint(port)}
	for _, p := range f.backends {
		all = append(all, fmt.Sprint(p))
	}
	return all
}

func (f *field) chain(port int) (*exec.Cmd, error) {
	return exec.Command(f.program, append([]string{"chain"}, f.args(port)...)...), nil
}

// recipe is Express with http-proxy-middleware.
func (f *field) recipe(port int, env string) (*exec.Cmd, error) {
	dir := filepath.Join(f.dir, "recipe")
	if !exists(dir) {
		if err := os.CopyFS(dir, os.DirFS("testdata/recipe")); err != nil {
			return nil, err
		}
		if err := inFolder(dir, "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"); err != nil {
			return nil, err
		}
	}
	cmd := exec.Command("node", append([]string{"recipe.js"}, f.args(port)...)...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "NODE_ENV=production")
	if env != "" {
		cmd.Env = append(cmd.Env, env)
	}
	return cmd, nil
}

// nginxConf sends what a backend refuses to the next, as error page.
const nginxConf = `daemon off;
user root;
worker_processes 2;
worker_rlimit_nofile 20000;
pid DIR/nginx.pid;
error_log DIR/nginx.log crit;
events { worker_connections 8192; }
http {
  access_log off;
  keepalive_requests 10000000;
  client_max_body_size 0;
  client_body_temp_path DIR/body;
  proxy_temp_path DIR/proxy;
  fastcgi_temp_path DIR/fastcgi; uwsgi_temp_path DIR/uwsgi; scgi_temp_path DIR/scgi;
  proxy_max_temp_file_size 0;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  upstream a { server 127.0.0.1:$A; keepalive 128; keepalive_requests 10000000; }
  upstream b { server 127.0.0.1:$B; keepalive 128; keepalive_requests 10000000; }
  upstream c { server 127.0.0.1:$C; keepalive 128; keepalive_requests 10000000; }
  proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_read_timeout 1h;
  server {
    listen 127.0.0.1:$PORT;
    recursive_error_pages on;
    location / { proxy_pass http://a; proxy_intercept_errors on; error_page 404 = @b; }
    location @b { proxy_pass http://b; proxy_intercept_errors on; error_page 404 = @c; }
    location @c { proxy_pass http://c; }
  }
}
`

// haproxyCfg repeats a refused request with the next server. Two levels are all
// it has, so the second is a way back into itself.
const haproxyCfg = `global
  maxconn 5000
  nbthread 2
defaults
  mode http
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  timeout tunnel 1h
  option http-no-delay
  option abortonclose
  retries 1
  option redispatch 1
  retry-on 404
  balance first
  http-reuse always
  option forwardfor
frontend f
  bind 127.0.0.1:$PORT
  default_backend ab
backend ab
  server a 127.0.0.1:$A id 1
  server more 127.0.0.1:$MORE id 2
frontend more
  bind 127.0.0.1:$MORE
  default_backend bc
backend bc
  server b 127.0.0.1:$B id 1
  server c 127.0.0.1:$C id 2
`

func (f *field) nginx(port int) (*exec.Cmd, error) {
	program, err := installed("nginx", "nginx-light")
	if err != nil {
		return nil, err
	}
	conf, err := f.config("nginx.conf", nginxConf, port, 0)
	return exec.Command(program, "-e", filepath.Join(f.dir, "nginx.log"), "-p", f.dir, "-c", conf), err
}

func (f *field) haproxy(port int) (*exec.Cmd, error) {
	program, err := installed("haproxy", "haproxy")
	if err != nil {
		return nil, err
	}
	ports, err := testport.Take(1)
	if err != nil {
		return nil, err
	}
	conf, err := f.config("haproxy.cfg", haproxyCfg, port, ports[0])
	return exec.Command(program, "-db", "-q", "-f", conf), err
}

func (f *field) config(name, text string, port, more int) (string, error) {
	path := filepath.Join(f.dir, name)
	fill := strings.NewReplacer("DIR", f.dir, "$PORT", fmt.Sprint(port), "$MORE", fmt.Sprint(more),
		"$A", fmt.Sprint(f.backends[0]), "$B", fmt.Sprint(f.backends[1]), "$C", fmt.Sprint(f.backends[2]))
	return path, os.WriteFile(path, []byte(fill.Replace(text)), 0o644)
}

// installed finds a program, and installs its Debian package where it may.
func installed(program, pkg string) (string, error) {
	find := func() string {
		for _, path := range []string{program, "/usr/sbin/" + program} {
			if found, err := exec.LookPath(path); err == nil {
				return found
			}
		}
		return ""
	}
	if find() == "" && os.Geteuid() == 0 {
		if aptGet, err := exec.LookPath("apt-get"); err == nil {
			err := errors.Join(inFolder(".", aptGet, "update"), inFolder(".", aptGet, "install", "-y", "--no-install-recommends", pkg))
			if err != nil {
				return "", err
			}
		}
	}
	if path := find(); path != "" {
		return path, nil
	}
	return "", fmt.Errorf("%s is not installed", program)
}

func inFolder(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return nil
}

func listens(port int) bool {
	nc, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err == nil {
		nc.Close()
	}
	return err == nil
}
