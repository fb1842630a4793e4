package export

import (
	"fmt"
	"strings"

	"devgate/internal/routes"
)

// writeCaddy writes a Caddyfile. Matchers by `path` would not do: Caddy looks for
// them in a path that was cleaned and unescaped, and whatever its case.
func writeCaddy(m *Model) (string, error) {
	if err := m.reachable("caddy", true, true); err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(commented("#", m.head("caddy", []string{
		"who has no route for a path is not asked: a 404 is the answer",
		"a cascade would lose the bodies of requests here, so there is none",
	})))
	b.WriteString(":80 {\n\troute {\n")
	for i := range m.Learned.Table.Routes {
		r := &m.Learned.Table.Routes[i]
		fmt.Fprintf(&b, "\t\t@r%d {\n", i)
		caddyMethod(&b, r.Method)
		fmt.Fprintf(&b, "\t\t\tvars_regexp {http.request.orig_uri} %s\n\t\t}\n", caddyQuote(expression(r.Pattern, `\?`)))
		fmt.Fprintf(&b, "\t\thandle @r%d {\n", i)
		caddyAnswer(&b, m, r.Backend)
		b.WriteString("\t\t}\n")
	}
	if m.servesFolder() && m.Default != routes.Static {
		fmt.Fprintf(&b, "\t\t@file {\n\t\t\tmethod GET HEAD\n\t\t\tnot path */.*\n\t\t\tfile {\n\t\t\t\troot %s\n\t\t\t\ttry_files {path} {path}index.html\n\t\t\t}\n\t\t}\n", caddyQuote(m.Static))
		b.WriteString("\t\thandle @file {\n")
		caddyFolder(&b, m.Static)
		b.WriteString("\t\t}\n")
	}
	b.WriteString("\t\thandle {\n")
	caddyAnswer(&b, m, m.Default)
	b.WriteString("\t\t}\n\t}\n}\n")
	return b.String(), nil
}

// caddyMethod are the matchers for a method, or for a switch of protocols.
func caddyMethod(b *strings.Builder, method string) {
	switch method {
	case "":
	case routes.Upgrade:
		b.WriteString("\t\t\theader Upgrade *\n")
	case "GET":
		b.WriteString("\t\t\tmethod GET\n\t\t\tnot header Upgrade *\n")
	default:
		b.WriteString("\t\t\tmethod " + caddyQuote(method) + "\n")
	}
}

func caddyFolder(b *strings.Builder, dir string) {
	fmt.Fprintf(b, "\t\t\troot * %s\n\t\t\tfile_server {\n\t\t\t\thide .*\n\t\t\t}\n", caddyQuote(dir))
}

// caddyAnswer hands a request to a backend, a folder or nobody.
func caddyAnswer(b *strings.Builder, m *Model, name string) {
	to := m.backend(name)
	switch {
	case to == nil && name == routes.Static && m.servesFolder():
		caddyFolder(b, m.Static)
	case to == nil:
		b.WriteString("\t\t\trespond 404\n")
	case to.Dist != "":
		fmt.Fprintf(b, "\t\t\troot * %s\n\t\t\ttry_files {path} /index.html\n\t\t\tfile_server {\n\t\t\t\thide .*\n\t\t\t}\n", caddyQuote(to.Dist))
	default:
		caddyProxy(b, to)
	}
}

func caddyProxy(b *strings.Builder, to *Backend) {
	scheme := ""
	switch {
	case to.TLS:
		scheme = "https://"
	case to.H2C:
		scheme = "h2c://"
	}
	fmt.Fprintf(b, "\t\t\treverse_proxy %s%s {\n\t\t\t\tflush_interval -1\n", scheme, to.Address)
	if to.Host != "" {
		fmt.Fprintf(b, "\t\t\t\theader_up Host %s\n", caddyQuote(to.Host))
	}
	if to.TLS && to.Unverified {
		b.WriteString("\t\t\t\ttransport http {\n\t\t\t\t\ttls_insecure_skip_verify\n\t\t\t\t}\n")
	}
	b.WriteString("\t\t\t}\n")
}
