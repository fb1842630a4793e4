package export

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// gatewayImage is what serves as the gateway.
const gatewayImage = "nginx:1.28-alpine"

// Where folders are within the gateway's container.
const staticInside, distInside = "/srv/static", "/srv/"

// writeCompose writes each service as a container, and the gateway as nginx, whose
// configuration is within the file.
func writeCompose(m *Model) (string, error) {
	if err := m.distinctNames(); err != nil {
		return "", err
	}
	inside := m.inside()
	if err := inside.reachable("nginx", false, true); err != nil {
		return "", err
	}
	y := &yaml{}
	y.b.WriteString(commented("#", m.head("compose", append(nginxCannot(m),
		"nothing is built anew or restarted when a file changes",
		"a server has to listen on 0.0.0.0: 127.0.0.1 within a container is the container",
		"a health check by wget or nc needs that program in the image"))))
	y.line("name: %s", composeQuote(composeName(m.Project)))
	y.in("services", func() {
		for i := range m.Services {
			s := &m.Services[i]
			if m.starts(s) {
				y.in(dnsName(s.Name), func() { composeService(y, m, s) })
			}
		}
		y.in("gateway", func() { composeGateway(y, m) })
	})
	y.in("configs", func() {
		y.in("gateway", func() {
			y.line("content: %s", composeQuote(nginxText(inside, "80")))
		})
	})
	return y.b.String(), nil
}

// inside is the model as the gateway's container sees it: each service is a host of
// its own name.
func (m *Model) inside() *Model {
	in := *m
	in.Backends = slices.Clone(m.Backends)
	for i := range in.Backends {
		b := &in.Backends[i]
		if b.Dist != "" {
			b.Dist = distInside + dnsName(b.Name)
			continue
		}
		s := m.service(b.Name)
		switch {
		case s != nil && m.starts(s):
			b.Address = net.JoinHostPort(dnsName(b.Name), strconv.Itoa(s.Port))
		case isLocal(b.Address):
			_, port, _ := net.SplitHostPort(b.Address)
			b.Address = net.JoinHostPort("host.docker.internal", port)
		}
	}
	if in.servesFolder() {
		in.Static = staticInside
	}
	return &in
}

func isLocal(address string) bool {
	host, _, _ := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// composeName is a project's name as compose wants it.
func composeName(name string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, name)
	if clean = strings.Trim(clean, "-_"); clean == "" {
		return "app"
	}
	return clean
}

func composeService(y *yaml, m *Model, s *Service) {
	image := composeName(m.Project) + "-" + dnsName(s.Name)
	if s.Dockerfile {
		y.line("build: %s", composeQuote("./"+strings.TrimPrefix(s.Dir, "./")))
	} else {
		y.comment("there is no Dockerfile in %s: write one, or name an image (docker init, nixpacks and railpack make them)", s.Dir)
		y.line("image: %s", composeQuote(image+":dev"))
	}
	switch {
	case s.DevTool != "":
		y.comment("its command starts a tool for development (%s), so the image's own is used", s.DevTool)
	case s.Command != "" && !strings.Contains(s.Command, "{bin}") && !strings.Contains(s.Command, "{root}"):
		y.line("command: %s", list(composeQuote, "/bin/sh", "-c", s.Command))
	}
	composeEnvironment(y, s)
	composeReadiness(y, s)
	composeAfter(y, m, s)
	y.line("restart: %s", composeQuote(composeRestart(s)))
	y.line("stop_signal: %s", s.StopSignal)
	y.line("stop_grace_period: %s", seconds(s.Grace))
	if s.Kind == Server {
		y.line("expose: [%q]", strconv.Itoa(s.Port))
	}
}

func seconds(d time.Duration) string { return strconv.Itoa(int((d+time.Second-1)/time.Second)) + "s" }

func composeRestart(s *Service) string {
	switch {
	case s.Kind == Task, s.Restart == "never":
		return "no"
	}
	return s.Restart
}

func composeEnvironment(y *yaml, s *Service) {
	y.in("environment", func() {
		if s.Port != 0 {
			y.line("PORT: %q", strconv.Itoa(s.Port))
		}
		y.line(`DEVGATE_NAME: %s`, composeQuote(s.Name))
		for _, v := range s.Env {
			switch {
			case !shellName().MatchString(v.Name):
				y.comment("%s is no name that compose can set", v.Name)
				continue
			case v.Secret:
				y.comment("%s looks like a secret: its value comes from where compose runs", v.Name)
				y.line("%s: %s", composeQuote(v.Name), yamlQuote("${"+v.Name+":?}"))
				continue
			case v.Local:
				y.comment("%s names this machine, which is the container there", v.Name)
			}
			y.line("%s: %s", composeQuote(v.Name), composeQuote(v.Value))
		}
	})
	if len(s.EnvFiles) == 0 {
		return
	}
	y.in("env_file", func() {
		for _, name := range s.EnvFiles {
			y.line("- { path: %s, required: false }", composeQuote(name))
		}
	})
}

func composeReadiness(y *yaml, s *Service) {
	var test []string
	switch s.Ready.Kind {
	case "http":
		test = []string{"CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:" + strconv.Itoa(s.Ready.Port) + s.Ready.Path}
	case "tcp":
		test = []string{"CMD", "nc", "-z", "127.0.0.1", strconv.Itoa(s.Ready.Port)}
	case "exec":
		test = []string{"CMD-SHELL", s.Ready.Command}
	case "log":
		y.comment("no health check: devgate waits for a line of its log")
	}
	if test != nil {
		y.line("healthcheck: { test: %s, interval: 5s, timeout: 3s, retries: 12 }", list(composeQuote, test...))
	}
}

func (s *Service) checked() bool { return s.Ready.Kind != "" && s.Ready.Kind != "log" }

// condition is what those wait for that are started after a service.
func (s *Service) condition() string {
	switch {
	case s.Kind == Task:
		return "service_completed_successfully"
	case s.checked():
		return "service_healthy"
	}
	return "service_started"
}

func composeAfter(y *yaml, m *Model, s *Service) {
	var after []*Service
	for _, name := range s.After {
		if o := m.service(name); o != nil && m.starts(o) {
			after = append(after, o)
		}
	}
	composeDepends(y, after)
}

func composeDepends(y *yaml, on []*Service) {
	if len(on) == 0 {
		return
	}
	y.in("depends_on", func() {
		for _, o := range on {
			y.line("%s: { condition: %s }", dnsName(o.Name), o.condition())
		}
	})
}

func composeGateway(y *yaml, m *Model) {
	y.line("image: %s", composeQuote(gatewayImage))
	y.line("ports: [%q]", fmt.Sprintf("127.0.0.1:%d:80", m.Port))
	y.line("configs: [{ source: gateway, target: /etc/nginx/conf.d/default.conf }]")
	var on []*Service
	host := false
	for i := range m.Backends {
		b := &m.Backends[i]
		if s := m.service(b.Name); s != nil && m.starts(s) {
			on = append(on, s)
		} else {
			host = host || b.Dist == "" && isLocal(b.Address)
		}
	}
	composeDepends(y, on)
	if host {
		y.line(`extra_hosts: ["host.docker.internal:host-gateway"]`)
	}
	composeFolders(y, m)
	y.line("restart: unless-stopped")
}

func composeFolders(y *yaml, m *Model) {
	var binds [][2]string
	if m.servesFolder() {
		binds = append(binds, [2]string{m.StaticFrom, staticInside})
	}
	for i := range m.Backends {
		if b := &m.Backends[i]; b.Dist != "" {
			binds = append(binds, [2]string{b.DistFrom, distInside + dnsName(b.Name)})
		}
	}
	if len(binds) == 0 {
		return
	}
	y.in("volumes", func() {
		for _, bind := range binds {
			from := bind[0]
			if !strings.HasPrefix(from, "/") && !strings.HasPrefix(from, ".") {
				from = "./" + from
			}
			y.line("- { type: bind, source: %s, target: %s, read_only: true }", composeQuote(from), composeQuote(bind[1]))
		}
	})
}
