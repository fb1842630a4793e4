package export

import (
	"fmt"
	"strings"

	"devgate/internal/routes"
)

// writeHAProxy writes a frontend and its backends.
func writeHAProxy(m *Model) (string, error) {
	if err := m.reachable("haproxy", true, false); err != nil {
		return "", err
	}
	cannot := []string{
		"who has no route for a path is not asked: a 404 is the answer",
		"a cascade would lose the bodies of requests over 16 KiB here, so there is none",
	}
	if m.Static != "" {
		cannot = append(cannot, "files of the static folder are found by their routes alone, not before each page")
	}
	var b strings.Builder
	b.WriteString(commented("#", m.head("haproxy", cannot)))
	b.WriteString(haproxyHead)
	for i := range m.Learned.Table.Routes {
		r := &m.Learned.Table.Routes[i]
		fmt.Fprintf(&b, "\tuse_backend %s if { path_reg %s }%s\n", haproxyName(m, r.Backend), haproxyQuote(expression(r.Pattern, "")), haproxyMethod(methodsOf(r)))
	}
	fmt.Fprintf(&b, "\tdefault_backend %s\n", haproxyName(m, m.Default))
	for i := range m.Backends {
		haproxyBackend(&b, &m.Backends[i])
	}
	if m.backend(m.Default) == nil {
		b.WriteString("\nbackend devgate_nobody\n\thttp-request return status 404\n")
	}
	return b.String(), nil
}

const haproxyHead = `defaults
	mode http
	option http-no-delay
	option forwardfor
	timeout connect 5s
	timeout client 1h
	timeout server 1h
	timeout tunnel 1h

frontend devgate
	bind :80
	http-request set-header X-Forwarded-Host %[req.hdr(Host)]
	http-request set-header X-Forwarded-Proto http if !{ ssl_fc }
	http-request set-header X-Forwarded-Proto https if { ssl_fc }
	acl upgrade req.hdr(Upgrade) -m found
`

func haproxyName(m *Model, name string) string {
	if m.backend(name) == nil {
		return "devgate_nobody"
	}
	return "devgate_" + name
}

func haproxyMethod(methods []string) string {
	switch {
	case len(methods) == 0:
		return ""
	case methods[0] == routes.Upgrade:
		return " upgrade"
	}
	quoted := make([]string, len(methods))
	for i, method := range methods {
		quoted[i] = haproxyQuote(method)
	}
	text := " { method " + strings.Join(quoted, " ") + " }"
	if methods[0] == "GET" {
		text += " !upgrade"
	}
	return text
}

func haproxyBackend(b *strings.Builder, to *Backend) {
	fmt.Fprintf(b, "\nbackend devgate_%s\n", to.Name)
	if to.Host != "" {
		fmt.Fprintf(b, "\thttp-request set-header Host %s\n", to.Host)
	}
	fmt.Fprintf(b, "\tserver %s %s", to.Name, to.Address)
	switch {
	case to.TLS && to.Unverified:
		fmt.Fprintf(b, " ssl verify none sni str(%s)", hostOnly(to.Host))
	case to.TLS:
		fmt.Fprintf(b, " ssl verify required ca-file /etc/ssl/certs/ca-certificates.crt verifyhost %s sni str(%s)", hostOnly(to.Host), hostOnly(to.Host))
	case to.H2C:
		b.WriteString(" proto h2")
	}
	b.WriteByte('\n')
}
