package export

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"devgate/internal/routes"
)

// The limits of one HTTPRoute: rules, matches of a rule, and matches together.
const (
	rulesMax   = 16
	matchesMax = 64
	allMatches = 128
)

// writeKubernetes writes a Deployment and a Service for each server, a Deployment
// for each worker, a Job for each task, and HTTPRoutes for the gateway.
func writeKubernetes(m *Model) (string, error) {
	if err := m.distinctNames(); err != nil {
		return "", err
	}
	for i := range m.Backends {
		if b := &m.Backends[i]; b.Dist != "" {
			return "", fmt.Errorf("a cluster serves no folder: build an image of %s that has the files of %s, and leave --dist out", b.Name, b.DistFrom)
		}
	}
	y := &yaml{}
	y.b.WriteString(commented("#", m.head("kubernetes", kubernetesCannot(m))))
	for i := range m.Services {
		kubernetesService(y, m, &m.Services[i])
	}
	if b := m.backend(routes.Static); b != nil {
		kubernetesRemote(y, b)
	}
	kubernetesRoutes(y, m)
	return y.b.String(), nil
}

func kubernetesCannot(m *Model) []string {
	cannot := []string{
		"who has no route for a path is not asked: a 404 is the answer",
		"`after` is lost: a Pod that needs another is started again until it is there",
		"who answers two routes that are equally long is for the controller to say",
	}
	if m.servesFolder() {
		cannot = append(cannot, "the static folder ("+m.StaticFrom+") is served by nobody: put it into an image")
	}
	for i := range m.Backends {
		if b := &m.Backends[i]; b.TLS {
			cannot = append(cannot, b.Name+" is asked without TLS and by the Host of the client: a BackendTLSPolicy and a filter change that")
		}
	}
	for i := range m.Learned.Table.Routes {
		r := &m.Learned.Table.Routes[i]
		text := strings.SplitN(routeText(r), " (", 2)[0]
		switch matches := kubernetesMatch(r); {
		case len(matches) == 0:
			cannot = append(cannot, "no match knows the method "+r.Method+", so there is none for "+text)
		case strings.Contains(matches[0], "type: RegularExpression"):
			cannot = append(cannot, "not every controller knows regular expressions, and each ranks them in its own way: "+text)
		case r.Pattern.Reach == routes.Rest:
			cannot = append(cannot, "a prefix is for the path without the slash at its end, too: "+text)
		}
	}
	return cannot
}

// document begins another object.
func (y *yaml) document(api, kind, name string) {
	if strings.Contains(y.b.String(), "\napiVersion:") || strings.HasPrefix(y.b.String(), "apiVersion:") {
		y.line("---")
	}
	y.line("apiVersion: %s", api)
	y.line("kind: %s", kind)
	y.line("metadata: { name: %s }", yamlQuote(name))
}

func kubernetesService(y *yaml, m *Model, s *Service) {
	name := dnsName(s.Name)
	switch {
	case !m.starts(s):
		kubernetesRemote(y, m.backend(s.Name))
		return
	case s.Kind == Task:
		y.document("batch/v1", "Job", name)
		y.in("spec", func() { y.in("template", func() { kubernetesPod(y, m, s) }) })
		return
	}
	y.document("apps/v1", "Deployment", name)
	y.in("spec", func() {
		y.line("replicas: 1")
		y.line("selector: { matchLabels: { app: %s } }", yamlQuote(name))
		y.in("template", func() { kubernetesPod(y, m, s) })
	})
	if s.Kind == Server {
		y.document("v1", "Service", name)
		y.in("spec", func() {
			y.line("selector: { app: %s }", yamlQuote(name))
			y.line("ports: [{ port: %d, targetPort: %d }]", s.Port, s.Port)
		})
	}
}

// kubernetesRemote is a name in the cluster for what is elsewhere.
func kubernetesRemote(y *yaml, b *Backend) {
	if b == nil {
		return // nobody asks for it
	}
	host, port, _ := net.SplitHostPort(b.Address)
	y.document("v1", "Service", dnsName(b.Name))
	y.in("spec", func() {
		switch {
		case isLocal(b.Address):
			y.comment("%s is on the machine of the developer: name the host that has it in the cluster", b.Name)
		case net.ParseIP(host) != nil:
			y.comment("%s is no name: give it one, or make an EndpointSlice", host)
		}
		y.comment("not every controller sends requests to an ExternalName")
		y.line("type: ExternalName")
		y.line("externalName: %s", yamlQuote(host))
		y.line("ports: [{ port: %s }]", port)
	})
}

func kubernetesPod(y *yaml, m *Model, s *Service) {
	y.line("metadata: { labels: { app: %s } }", yamlQuote(dnsName(s.Name)))
	y.in("spec", func() {
		if s.Kind == Task {
			y.line("restartPolicy: OnFailure")
		}
		y.line("terminationGracePeriodSeconds: %s", strings.TrimSuffix(seconds(s.Grace), "s"))
		y.in("containers", func() {
			y.item(func() { kubernetesContainer(y, m, s) })
		})
	})
}

func kubernetesContainer(y *yaml, m *Model, s *Service) {
	y.line("name: %s", yamlQuote(dnsName(s.Name)))
	y.comment("the image that was built of %s", s.Dir)
	y.line("image: %s", yamlQuote(composeName(m.Project)+"-"+dnsName(s.Name)+":latest"))
	switch {
	case s.DevTool != "":
		y.comment("its command starts a tool for development (%s), so the image's own is used", s.DevTool)
	case s.Command != "" && !strings.Contains(s.Command, "{bin}") && !strings.Contains(s.Command, "{root}"):
		y.line("command: %s", list(yamlQuote, "/bin/sh", "-c", s.Command))
	}
	if s.Kind == Server {
		y.line("ports: [{ containerPort: %d }]", s.Port)
	}
	kubernetesEnvironment(y, m, s)
	port := strconv.Itoa(s.Ready.Port)
	switch s.Ready.Kind {
	case "http":
		y.line("readinessProbe: { httpGet: { path: %s, port: %s } }", yamlQuote(s.Ready.Path), port)
	case "tcp":
		y.line("readinessProbe: { tcpSocket: { port: %s } }", port)
	case "exec":
		y.line("readinessProbe: { exec: { command: %s } }", list(yamlQuote, "/bin/sh", "-c", s.Ready.Command))
	}
}

func kubernetesEnvironment(y *yaml, m *Model, s *Service) {
	if len(s.EnvFiles) > 0 {
		y.comment("what is in %s belongs into a Secret", strings.Join(s.EnvFiles, ", "))
	}
	if s.Port == 0 && len(s.Env) == 0 {
		return
	}
	y.in("env", func() {
		if s.Port != 0 {
			y.line(`- { name: PORT, value: "%d" }`, s.Port)
		}
		for _, v := range s.Env {
			switch {
			case !shellName().MatchString(v.Name):
				y.comment("%s is no name that a container can be given", v.Name)
				continue
			case v.Secret:
				y.line("- { name: %s, valueFrom: { secretKeyRef: { name: %s, key: %s } } }", yamlQuote(v.Name), yamlQuote(composeName(m.Project)), yamlQuote(v.Name))
				continue
			case v.Local:
				y.comment("%s names this machine, which is the Pod there", v.Name)
			}
			y.line("- { name: %s, value: %s }", yamlQuote(v.Name), yamlQuote(v.Value))
		}
	})
}

// kubernetesRoutes are one rule a backend, in as many HTTPRoutes as their limits ask
// for.
func kubernetesRoutes(y *yaml, m *Model) {
	rules := kubernetesRules(m)
	for n := 0; len(rules) > 0; n++ {
		fit, matches := 0, 0
		for fit < len(rules) && fit < rulesMax && matches+len(rules[fit].matches) <= allMatches {
			matches += len(rules[fit].matches)
			fit++
		}
		y.document("gateway.networking.k8s.io/v1", "HTTPRoute", "gateway"+suffix(n))
		y.in("spec", func() {
			y.comment("the Gateway of the cluster")
			y.line("parentRefs: [{ name: gateway }]")
			y.in("rules", func() {
				for _, r := range rules[:fit] {
					y.item(func() { kubernetesRule(y, m, r.backend, r.matches) })
				}
			})
		})
		rules = rules[fit:]
	}
}

// ruleOfRoute sends what matches to a backend.
type ruleOfRoute struct {
	backend string
	matches []string
}

// kubernetesRules are those of all backends, none with more matches than one may have.
func kubernetesRules(m *Model) (rules []ruleOfRoute) {
	for i := range m.Backends {
		r := ruleOfRoute{backend: m.Backends[i].Name}
		for j := range m.Learned.Table.Routes {
			if route := &m.Learned.Table.Routes[j]; route.Backend == r.backend {
				r.matches = append(r.matches, kubernetesMatch(route)...)
			}
		}
		if r.backend == m.Default {
			r.matches = append(r.matches, `path: { type: PathPrefix, value: "/" }`)
		}
		for matches := range slices.Chunk(r.matches, matchesMax) {
			rules = append(rules, ruleOfRoute{r.backend, matches})
		}
	}
	return rules
}

func suffix(n int) string {
	if n == 0 {
		return ""
	}
	return "-" + strconv.Itoa(n+1)
}

func kubernetesRule(y *yaml, m *Model, backend string, matches []string) {
	y.in("matches", func() {
		for _, match := range matches {
			y.line("- { %s }", match)
		}
	})
	_, port, _ := net.SplitHostPort(m.backend(backend).Address)
	if s := m.service(backend); s != nil && m.starts(s) {
		port = strconv.Itoa(s.Port)
	}
	y.line("backendRefs: [{ name: %s, port: %s }]", yamlQuote(dnsName(backend)), port)
}

// kubernetesMatch is a route as a match: prefixes there are told by segments, too.
// Where a "*" stands within, or the rest is a part of a name, only a regular
// expression will do, which not every controller knows.
func kubernetesMatch(r *routes.Route) []string {
	kind, value := "RegularExpression", kubernetesExpression(r.Pattern)
	text := "/" + strings.Join(r.Pattern.Segments, "/")
	simple := !strings.Contains(text, "*") && text == escaped(text) && !strings.Contains(text, "//")
	switch {
	case simple && r.Pattern.Reach == routes.Exact:
		kind, value = "Exact", text
	case simple && r.Pattern.Reach == routes.Below:
		kind, value = "PathPrefix", text
	case simple && r.Pattern.Reach == routes.Rest && strings.HasSuffix(text, "/"):
		kind, value = "PathPrefix", text
	}
	match := fmt.Sprintf("path: { type: %s, value: %s }", kind, yamlQuote(value))
	methods := methodsOf(r)
	if len(methods) == 0 {
		return []string{match}
	}
	var all []string
	for _, method := range methods {
		switch method {
		case routes.Upgrade:
			all = append(all, match+", headers: [{ type: RegularExpression, name: Upgrade, value: \".+\" }]")
		case "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH": // a match knows no others
			all = append(all, match+", method: "+method)
		}
	}
	return all
}

// kubernetesExpression has to match the whole path.
func kubernetesExpression(p routes.Pattern) string {
	e := strings.TrimPrefix(expression(p, ""), "^")
	switch p.Reach {
	case routes.Exact:
		return strings.TrimSuffix(e, "$")
	case routes.Below:
		return strings.TrimSuffix(e, "(/|$)") + "(/.*)?"
	}
	return e + ".*"
}

// escaped is a text of which only what stands for itself in a path is left.
func escaped(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-~", r)) {
			return r
		}
		return -1
	}, s)
}
