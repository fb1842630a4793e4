package export

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"devgate/internal/project"
	"devgate/internal/routes"
	"devgate/procfile"
)

// Options are what the command line says.
type Options struct {
	Version   string
	Upstreams map[string]string // NAME=HOST:PORT: where an engine finds a backend, or "static"
	Dists     map[string]string // NAME=FOLDER: files in the place of a backend
	Dir       string            // where the folders of Dists begin
}

// New makes a model of a project and of what was observed of it.
func New(p *project.Project, seen []routes.Observation, o Options) (*Model, error) {
	m := &Model{Version: o.Version, Project: p.Name, Port: p.Port, Static: filepath.ToSlash(p.Static), StaticFrom: p.File.Static, ReplayLimit: p.File.ReplayLimit}
	in := routes.Input{Static: p.Static != "", Log: seen}
	for _, s := range p.Services {
		m.Services = append(m.Services, place{p, true}.service(s))
		m.Here = append(m.Here, place{p, false}.service(s))
		if s.InCascade() {
			b := routes.Backend{Name: s.Name, Paths: s.Paths, Final: s.Final, Fallback: s.SPA == procfile.SPAOn}
			in.Backends = append(in.Backends, b)
			m.Backends = append(m.Backends, backend(s, seen))
		}
	}
	m.Learned = routes.Learn(in)
	m.Plan, m.Default = routes.PlanFor(in, m.Learned), m.Learned.Table.Default
	if err := m.move(o); err != nil {
		return nil, err
	}
	return m, nil
}

func backend(s *project.Service, seen []routes.Observation) Backend {
	b := Backend{
		Name: s.Name, H2C: s.Protocol == procfile.H2C, Final: s.Final, Optional: s.Optional, Fallthrough: s.Fallthrough,
		Fallback: s.SPA == procfile.SPAOn || slices.ContainsFunc(seen, func(o routes.Observation) bool { return o.Page && o.Backend == s.Name && s.SPA == procfile.SPAAuto }),
	}
	for _, text := range s.Paths {
		b.Patterns = append(b.Patterns, routes.ParsePattern(text))
	}
	if len(s.Paths) > 0 {
		b.Fallback = false // it is asked for its own alone
	}
	if u := s.Service.URL; u != nil {
		b.TLS, b.Unverified, b.Host = u.Scheme == "https", !s.Verify, u.Host
		port := "80"
		if b.TLS {
			port = "443"
		}
		b.Address = net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port))
	} else if s.Port != 0 && !s.Service.Port.Auto {
		b.Address = net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port))
	}
	return b
}

// move puts what the command line says in the place of what the Devgatefile does.
func (m *Model) move(o Options) error {
	for _, name := range slices.Sorted(maps.Keys(o.Upstreams)) {
		address := o.Upstreams[name]
		host, port, err := net.SplitHostPort(address)
		if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 1 || n > 65535 || !hostForm().MatchString(host) {
			return fmt.Errorf("--upstream %s=%s: want NAME=HOST:PORT", name, address)
		}
		b := m.backend(name)
		if name == routes.Static && b == nil && m.Static != "" {
			m.Backends = append(m.Backends, Backend{Name: routes.Static})
			b = &m.Backends[len(m.Backends)-1]
		}
		if b == nil {
			return unknownBackend("--upstream", name, m)
		}
		b.Address, b.TLS, b.Host, b.Moved = address, false, "", true
	}
	for _, name := range slices.Sorted(maps.Keys(o.Dists)) {
		b := m.backend(name)
		if b == nil {
			return unknownBackend("--dist", name, m)
		}
		b.DistFrom, b.Dist = o.Dists[name], filepath.ToSlash(filepath.Join(o.Dir, o.Dists[name]))
		if filepath.IsAbs(b.DistFrom) {
			b.Dist = filepath.ToSlash(filepath.Clean(b.DistFrom))
		}
	}
	return nil
}

// hostForm is a name or an address that needs no quotes anywhere.
var hostForm = lazy(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$|^[0-9A-Fa-f:.]+$`)

func unknownBackend(flag, name string, m *Model) error {
	var names []string
	for _, b := range m.Backends {
		names = append(names, b.Name)
	}
	return fmt.Errorf("%s %s: no backend has that name; there are %s", flag, name, strings.Join(names, ", "))
}

// place is where the services of a project are to run.
type place struct {
	*project.Project
	hosts bool // each on a host of its own name; otherwise all on this machine
}

// service is what is started there, in words that depend on no machine.
func (p place) service(s *project.Service) Service {
	d := Service{
		Name: s.Name, Kind: kindOf(s), Port: s.Port, URL: s.Service.URL.Redacted(), Command: p.command(s, s.Service.Command), Dir: ".",
		After: s.After, Restart: s.Restart.String(), StopSignal: "SIG" + s.StopSignal.Name, Grace: s.Grace, EnvFiles: p.envFiles(s),
	}
	if s.Service.Port.Auto {
		d.Port = 8080 // devgate chooses another at each start
	}
	if rel, err := filepath.Rel(p.Root, s.Dir); err == nil {
		d.Dir = filepath.ToSlash(rel)
	}
	_, err := os.Stat(filepath.Join(s.Dir, "Dockerfile"))
	d.Dockerfile, d.DevTool = err == nil, devTool(s.Service.Command)
	if s.Shell == procfile.ShellCmd && s.Service.Command.Shell != "" {
		d.DevTool = "cmd.exe" // no image has one
	}
	d.Env, d.Ready = p.variables(s), p.readiness(s, d.Port)
	return d
}

func kindOf(s *project.Service) Kind {
	switch s.Kind() {
	case procfile.Remote:
		return Remote
	case procfile.Task:
		return Task
	case procfile.Worker:
		return Worker
	}
	return Server
}

// command is one as it is written, with what devgate fills in; in the words of sh, which
// call PowerShell where that is its shell.
func (p place) command(s *project.Service, c procfile.Command) string {
	text := c.Shell
	if text != "" && s.Shell == procfile.ShellPwsh {
		text = "pwsh -NoLogo -NoProfile -NonInteractive -Command " + shellQuote(text)
	}
	if len(c.Args) > 0 {
		words := make([]string, len(c.Args))
		for i, word := range c.Args {
			words[i] = shellQuote(word)
		}
		text = strings.Join(words, " ")
	}
	return procfile.Expand(text, p.placeholders(s))
}

// placeholders are what they come to there; {bin} and {root} are left as they are.
func (p place) placeholders(s *project.Service) procfile.Lookup {
	return func(word string) (string, bool) {
		name, field, _ := strings.Cut(word, ".")
		switch other := p.Service(name); {
		case word == "name":
			return s.Name, true
		case word == "port":
			return portText(s), true
		case word == "gateway.url":
			return "http://" + p.gateway(), true
		case word == "gateway.port":
			return p.gatewayPort(), true
		case other != nil && field == "port":
			return portText(other), true
		case other != nil && field == "url" && other.Service.URL != nil:
			return other.Service.URL.String(), true
		case other != nil && field == "url":
			return "http://" + p.address(other), true
		}
		return "", false
	}
}

// address is the host and port of a service.
func (p place) address(s *project.Service) string {
	if p.hosts {
		return dnsName(s.Name) + ":" + portText(s)
	}
	return "localhost:" + portText(s)
}

func (p place) gateway() string {
	if p.hosts {
		return "gateway"
	}
	return "localhost:" + strconv.Itoa(p.Port)
}

func (p place) gatewayPort() string {
	if p.hosts {
		return "80"
	}
	return strconv.Itoa(p.Port)
}

func portText(s *project.Service) string {
	if s.Service.Port.Auto {
		return "8080"
	}
	return strconv.Itoa(s.Service.Port.Number)
}

// devTools are programs that no image for production starts.
var devTools = lazy(`\b(vite|next dev|nuxt dev|astro dev|ng serve|webpack(?:-dev-server| serve)|react-scripts start|nodemon|air|wgo|reflex|watchexec|cargo watch|npm run dev|pnpm dev|yarn dev|bun dev|flask run|runserver|--reload|--watch|tsx watch|bin/rails s(?:erver)?)\b`)

func devTool(c procfile.Command) string { return devTools().FindString(c.String()) }

func (p place) envFiles(s *project.Service) (all []string) {
	if p.File.EnvFileSet {
		all = append(all, p.File.EnvFile...)
	} else if _, err := os.Stat(filepath.Join(p.Root, ".env")); err == nil {
		all = append(all, ".env")
	}
	for _, name := range s.EnvFile {
		if !filepath.IsAbs(name) {
			name = filepath.ToSlash(filepath.Join(s.Service.Dir, name))
		}
		all = append(all, name)
	}
	return all
}

var (
	secretName = lazy(`(?i)(secret|passw|token|api_?key|private|credential|_key$|_dsn$|salt|cert)`)
	secretURL  = lazy(`://[^/@\s]*:[^/@\s]+@`)
	localName  = lazy(`\b(localhost|127\.0\.0\.1)\b|\[::1\]`)
)

// variables are those that the Devgatefile sets, sorted; what env files and
// devgate's own environment say is not among them.
func (p place) variables(s *project.Service) (all []Variable) {
	env := maps.Clone(p.File.Env)
	if env == nil {
		env = map[string]string{}
	}
	maps.Copy(env, s.Service.Env)
	local := map[string]string{}
	for _, other := range p.Services {
		if p.hosts && other.Service.Port.Number != 0 {
			for _, host := range []string{"localhost:", "127.0.0.1:"} {
				local[host+portText(other)] = p.address(other)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		value := procfile.Expand(env[name], p.placeholders(s))
		for _, from := range slices.Sorted(maps.Keys(local)) {
			value = replaceAddress(value, from, local[from])
		}
		all = append(all, Variable{name, value, secretName().MatchString(name) || secretURL().MatchString(value), localName().MatchString(value)})
	}
	return all
}

// replaceAddress replaces an address where no further digit follows.
func replaceAddress(text, from, to string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, from)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if after != "" && after[0] >= '0' && after[0] <= '9' {
			b.WriteString(from)
		} else {
			b.WriteString(to)
		}
		text = after
	}
}

func (p place) readiness(s *project.Service, port int) Ready {
	r := Ready{Port: cmp.Or(s.Ready.Port, port)}
	switch s.Ready.Kind {
	case procfile.ReadyHTTP:
		r.Kind, r.Path = "http", s.Ready.Path
	case procfile.ReadyTCP:
		r.Kind = "tcp"
	case procfile.ReadyExec:
		r.Kind, r.Command = "exec", p.command(s, s.Ready.Exec)
	case procfile.ReadyLog:
		r.Kind = "log"
	}
	return r
}
