package export

import (
	"fmt"
	"strings"

	"devgate/internal/routes"
)

// nginxCannot is what nginx does in another way, whichever mode it is used in.
func nginxCannot(m *Model) (all []string) {
	if m.Cascade {
		all = append(all,
			"a server that is restarting or down is answered for by 502; nothing is held",
			"the trailers of a request or an answer are lost, and a refused WebSocket falls through on 404 alone",
			"bodies are kept on disk until somebody has taken them: client_max_body_size is the limit")
		if steps := m.steps(); len(steps) > 0 && (steps[len(steps)-1].backend == nil || len(steps[len(steps)-1].backend.Patterns) > 0) {
			all = append(all, "where nobody is left to be asked, nginx's own 404 page is the answer")
		}
		for _, b := range m.chain() {
			if b.Fallback {
				all = append(all, b.Name+" answers everything, so it is asked last, after the static folder, and where nobody answers, its 404 is the client's")
			}
		}
		return all
	}
	return []string{"who has no route for a path is not asked: a 404 is the answer", "the trailers of a request or an answer are lost"}
}

// writeNginx writes what belongs within http { }: a file of conf.d.
func writeNginx(m *Model) (string, error) {
	if err := m.reachable("nginx", false, true); err != nil {
		return "", err
	}
	return commented("#", m.head("nginx", nginxCannot(m))) + nginxText(m, "80"), nil
}

// nginxShown matches before paths of which no part begins with a dot, but for
// /.well-known/.
const nginxShown = `(/[.]well-known(?=/))?(?!.*/[.])`

func nginxText(m *Model, listen string) string {
	var b strings.Builder
	nginxMaps(&b, m)
	for i := range m.Backends {
		if m.Backends[i].Dist == "" {
			fmt.Fprintf(&b, "upstream devgate_%s { server %s max_fails=0; keepalive 16; }\n", m.Backends[i].Name, m.Backends[i].Address)
		}
	}
	fmt.Fprintf(&b, nginxServer, listen, m.ReplayLimit)
	if m.Cascade {
		nginxCascade(&b, m)
	} else {
		nginxRoutes(&b, m)
	}
	b.WriteString("}\n")
	return b.String()
}

// nginxServer is the head of the server, for the port and the limit of a body.
const nginxServer = `
server {
	listen %s;
	merge_slashes off;
	client_max_body_size %d;
	proxy_http_version 1.1;
	proxy_next_upstream off;
	proxy_buffering off;
	proxy_read_timeout 1h;
	proxy_send_timeout 1h;
	proxy_set_header Host $http_host;
	proxy_set_header X-Forwarded-For $remote_addr;
	proxy_set_header X-Forwarded-Host $http_host;
	proxy_set_header X-Forwarded-Proto $scheme;
	proxy_set_header Upgrade $http_upgrade;
	proxy_set_header Connection $devgate_connection;
	recursive_error_pages on;
`

func nginxMaps(b *strings.Builder, m *Model) {
	b.WriteString("map $http_upgrade $devgate_connection { default upgrade; \"\" \"\"; }\n")
	b.WriteString("map $request_uri $devgate_path { \"~^(?<devgate_raw>[^?]*)\" $devgate_raw; }\n")
	if m.servesFolder() || m.hasDist() {
		b.WriteString("# files are for GET and HEAD, and nothing whose name begins with a dot but /.well-known/\n")
		b.WriteString("map \"$request_method $uri\" $devgate_file {\n\tdefault /.none;\n\t\"~^(GET|HEAD) " + nginxShown + ".*/$\" \"${uri}index.html\";\n\t\"~^(GET|HEAD) " + nginxShown + "\" $uri;\n}\n")
	}
	if m.servesFolder() {
		b.WriteString("map $request_uri $devgate_folder { \"~^[^?]*/(?<devgate_name>[^/?]+)\" \"./$devgate_name/\"; }\n")
	}
	if m.Cascade {
		nginxNext(b, m)
	} else {
		nginxTable(b, m)
	}
}

func (m *Model) hasDist() bool {
	for i := range m.Backends {
		if m.Backends[i].Dist != "" {
			return true
		}
	}
	return false
}

// nginxTable is a map of regular expressions, as prefixes of nginx are not told by
// segments ("/api" takes "/apix"), and are looked for in a path that was cleaned.
func nginxTable(b *strings.Builder, m *Model) {
	b.WriteString("map $http_upgrade $devgate_method { default " + routes.Upgrade + "; \"\" $request_method; }\n")
	b.WriteString("map \"$devgate_method $devgate_path\" $devgate_backend {\n")
	fmt.Fprintf(b, "\tdefault %s;\n", nginxQuote(m.nginxDefault()))
	for i := range m.Learned.Table.Routes {
		r := &m.Learned.Table.Routes[i]
		e := strings.TrimPrefix(expression(r.Pattern, ""), "^")
		fmt.Fprintf(b, "\t%s %s;\n", nginxQuote("~^"+nginxMethod(methodsOf(r))+" "+e), nginxQuote(r.Backend))
	}
	b.WriteString("}\n")
}

// nginxMethod are methods as a regular expression.
func nginxMethod(methods []string) string {
	forms := make([]string, len(methods))
	for i, method := range methods {
		forms[i] = methodForm(method)
	}
	switch len(forms) {
	case 0:
		return "[^ ]+"
	case 1:
		return forms[0]
	}
	return "(" + strings.Join(forms, "|") + ")"
}

// methodForm is a method as a regular expression: a method is a token, and some
// characters of those have a meaning there.
func methodForm(method string) string {
	var b strings.Builder
	for i := range len(method) {
		if c := method[i]; c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, `\x%02x`, c)
		}
	}
	return b.String()
}

// nginxDefault is where paths without a route go: first to the folder, if there is
// one.
func (m *Model) nginxDefault() string {
	switch {
	case m.servesFolder():
		return routes.Static
	case m.Default == "":
		return "nobody"
	}
	return m.Default
}

// nginxRoutes are the locations that the table leads to. A named one keeps method,
// body and target.
func nginxRoutes(b *strings.Builder, m *Model) {
	b.WriteString("\tlocation / { try_files /.none/.none @devgate_$devgate_backend; }\n")
	if m.servesFolder() {
		next := "=404"
		if m.Default != "" && m.Default != routes.Static {
			next = "@devgate_" + m.Default
		}
		nginxFolder(b, m.Static, next)
	}
	if m.nginxDefault() == "nobody" {
		b.WriteString("\tlocation @devgate_nobody { return 404; }\n")
	}
	for i := range m.Backends {
		nginxLocation(b, &m.Backends[i], "@devgate_"+m.Backends[i].Name, "")
	}
}

// nginxFolder is where the static folder is looked into; next is for what it does not
// have. An "if" does no harm that does nothing but return.
func nginxFolder(b *strings.Builder, dir, next string) {
	fmt.Fprintf(b, "\tlocation @devgate_%s {\n\t\troot %s;\n", routes.Static, nginxQuote(dir))
	fmt.Fprintf(b, "\t\tif (-f $document_root$devgate_file/index.html) { return 301 $devgate_folder$is_args$args; }\n\t\ttry_files $devgate_file %s;\n\t}\n", next)
}

// nginxLocation is where a backend is asked; next is what makes its refusals go on.
func nginxLocation(b *strings.Builder, to *Backend, name, next string) {
	if to.Dist != "" {
		fmt.Fprintf(b, "\tlocation %s { root %s; try_files $devgate_file /index.html =404; }\n", name, nginxQuote(to.Dist))
		return
	}
	scheme, more := "http", ""
	if to.TLS {
		scheme, more = "https", " proxy_ssl_server_name on; proxy_ssl_name "+hostOnly(to.Host)+";"
		if !to.Unverified {
			more += " proxy_ssl_verify on; proxy_ssl_verify_depth 4; proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;"
		}
	}
	if to.Host != "" { // what is set in a location takes the place of all that is set above it
		more += ` proxy_set_header Host ` + to.Host + `; proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Host $http_host;` +
			` proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $devgate_connection;`
	}
	fmt.Fprintf(b, "\tlocation %s { proxy_pass %s://devgate_%s;%s%s }\n", name, scheme, to.Name, more, next)
}

// hostOnly is a host without its port.
func hostOnly(host string) string {
	name, _, found := strings.Cut(host, ":")
	if !found || strings.HasPrefix(host, "[") {
		return host
	}
	return name
}
