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
	cannot := []string{
		"who has no route for a path is not asked: a 404 is the answer",
		"a cascade would lose the bodies of requests here, so there is none",
	}
	if m.servesFolder() {
		cannot = append(cannot, "a folder of the static folder without the slash at its end is redirected there by 308 and not 301, and loses the query")
	}
	var b strings.Builder
	b.WriteString(commented("#", m.head("caddy", cannot)))
	b.WriteString(":80 {\n\troute {\n")
	for i := range m.Learned.Table.Routes {
		r := &m.Learned.Table.Routes[i]
		fmt.Fprintf(&b, "\t\t@r%d {\n", i)
		caddyMethod(&b, methodsOf(r))
		fmt.Fprintf(&b, "\t\t\tvars_regexp {http.request.orig_uri} %s\n\t\t}\n", caddyQuote(expression(r.Pattern, `\?`)))
		fmt.Fprintf(&b, "\t\thandle @r%d {\n", i)
		caddyAnswer(&b, m, r.Backend)
		b.WriteString("\t\t}\n")
	}
	if m.servesFolder() && m.Default != routes.Static {
		// A matcher for each, as the one for files takes "/x.txt/" for "/x.txt", which is not served.
		caddyFiles(&b, m.Static, "file", "not path */", "{path}")
		caddyFiles(&b, m.Static, "index", "path */", "{path}index.html")
		caddyFiles(&b, m.Static, "folder", "not path */", "{path}/index.html")
	}
	b.WriteString("\t\thandle {\n")
	caddyAnswer(&b, m, m.Default)
	b.WriteString("\t\t}\n\t}\n}\n")
	return b.String(), nil
}

// caddyMethod are the matchers for methods, or for a switch of protocols.
func caddyMethod(b *strings.Builder, methods []string) {
	switch {
	case len(methods) == 0:
	case methods[0] == routes.Upgrade:
		b.WriteString("\t\t\theader Upgrade *\n")
	default:
		quoted := make([]string, len(methods))
		for i, method := range methods {
			quoted[i] = caddyQuote(method)
		}
		b.WriteString("\t\t\tmethod " + strings.Join(quoted, " ") + "\n")
		if methods[0] == "GET" {
			b.WriteString("\t\t\tnot header Upgrade *\n")
		}
	}
}

// caddyShown matches the paths of which no part begins with a dot, but for
// /.well-known/.
const caddyShown = `path_regexp ^(/[.]well-known)?(/([^./][^/]*)?)*$`

// caddyFiles serves what is in the folder, and lets all else go on.
func caddyFiles(b *strings.Builder, dir, name, paths, file string) {
	fmt.Fprintf(b, "\t\t@%s {\n\t\t\tmethod GET HEAD\n\t\t\t%s\n\t\t\t%s\n\t\t\tfile {\n\t\t\t\troot %s\n\t\t\t\ttry_files %s\n\t\t\t}\n\t\t}\n", name, caddyShown, paths, caddyQuote(dir), file)
	fmt.Fprintf(b, "\t\thandle @%s {\n\t\t\troot * %s\n\t\t\tfile_server\n\t\t}\n", name, caddyQuote(dir))
}

// caddyFolder is a folder of files, for GET and HEAD.
func caddyFolder(b *strings.Builder, dir string) {
	fmt.Fprintf(b, "\t\t\troot * %s\n\t\t\t@nofile not {\n\t\t\t\tmethod GET HEAD\n\t\t\t\t%s\n\t\t\t}\n\t\t\trespond @nofile 404\n\t\t\tfile_server\n", caddyQuote(dir), caddyShown)
}

// caddyDist is a folder that has taken a front end's place: whatever it has no file
// for gets its page.
func caddyDist(b *strings.Builder, dir string) {
	fmt.Fprintf(b, "\t\t\troot * %s\n\t\t\t@hidden not %s\n\t\t\trewrite @hidden /index.html\n", caddyQuote(dir), caddyShown)
	b.WriteString("\t\t\t@slash path */\n\t\t\trewrite @slash {path}index.html\n\t\t\ttry_files {path} /index.html\n\t\t\tfile_server\n")
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
		caddyDist(b, to.Dist)
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
	var options []string
	if to.Host != "" {
		options = append(options, "header_up Host "+caddyQuote(to.Host))
	}
	if to.TLS && to.Unverified {
		options = append(options, "transport http {\n\t\t\t\t\ttls_insecure_skip_verify\n\t\t\t\t}")
	}
	// Caddy passes streams on at once by itself. With flush_interval -1 it would keep
	// the one to the backend when the client has left, and never end because of it.
	fmt.Fprintf(b, "\t\t\treverse_proxy %s%s", scheme, to.Address)
	if len(options) > 0 {
		b.WriteString(" {\n\t\t\t\t" + strings.Join(options, "\n\t\t\t\t") + "\n\t\t\t}")
	}
	b.WriteByte('\n')
}
