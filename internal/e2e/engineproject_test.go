//go:build e2e

package e2e

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// engineProject is a front end, two APIs and a folder, and what people ask of them.
func engineProject(t *testing.T) *project {
	p := emptyProject(t)
	if err := os.CopyFS(p.dir, os.DirFS("testdata/engines")); err != nil {
		t.Fatal(err)
	}
	p.write("public/robots.txt", "User-agent: *\n")
	p.write("public/img/logo.svg", "<svg/>")
	p.write("public/docs/index.html", "the docs")
	p.write("public/.well-known/security.txt", "Contact: us")
	p.write("public/.hidden/x", "secret")
	p.write("Devgatefile", `
port = $GATEWAY
static = "public"
# order
[web]
command = "node server.js web / page"
port = $P1
# web
[api]
command = "node server.js api /api/ /healthz /teams/7/members /teams/8/members /cart-items /a+b \"/o'brien\" \"/who(me)\""
port = $P2
# api
[admin]
command = "node server.js admin /admin/ /teams/7/billing /teams/8/billing"
port = $P3
# admin
`)
	return p
}

// engineLog is what people ask.
var engineLog = []request{
	{method: "GET", path: "/api/users/1"}, {method: "GET", path: "/api/users/2?q=%2F/x"}, {method: "GET", path: "/api/orders"},
	{method: "DELETE", path: "/api/users/1"}, {method: "POST", path: "/api/items", body: []byte("7 bytes")}, {method: "GET", path: "/healthz"},
	{method: "GET", path: "/admin/users"}, {method: "GET", path: "/admin/flags"}, {method: "PUT", path: "/admin/flags/x", body: []byte("on")},
	{method: "GET", path: "/teams/7/billing"}, {method: "GET", path: "/teams/8/billing"}, {method: "GET", path: "/teams/7/members"}, {method: "GET", path: "/teams/8/members"},
	{method: "POST", path: "/cart-items", body: []byte("x")}, {method: "GET", path: "/"}, {method: "GET", path: "/about"}, {method: "GET", path: "/robots.txt"},
	{method: "GET", path: "/a+b"}, {method: "GET", path: "/o'brien"}, {method: "GET", path: "/who(me)"},
	{method: "GET", path: "/docs/"}, {method: "GET", path: "/docs"}, {method: "GET", path: "/.well-known/security.txt"}, {method: "HEAD", path: "/api/orders"}, {method: "GET", path: "/img/logo.svg"},
}

// nearMisses are paths beside those that have a route.
func nearMisses() (all []request) {
	for _, p := range []string{"/api", "/admin", "/healthz", "/teams", "/teams/7/billing", "/robots.txt", "/img"} {
		for _, path := range []string{p + "/", p + "x", p + "/x?y=/z", p + "%2Fx", "/" + p, strings.ToUpper(p), p + "//x", p + ";x", p + "/a/../b", p + "/50%25", p + "?/api/"} {
			all = append(all, request{method: "GET", path: path})
		}
		all = append(all, request{method: "GET", path: p}, request{method: "POST", path: p + "/x", body: []byte("b")})
	}
	for _, path := range []string{"/a%2Bb", "/a%2bb", "/aab", "/a-b", "/o%27brien", "/obrien", "/who%28me%29", "/whome", "/who(me)x"} {
		all = append(all, request{method: "GET", path: path})
	}
	return append(all, request{method: "GET", path: "/about"}, request{method: "GET", path: "/public/robots.txt"}, request{method: "POST", path: "/robots.txt", body: []byte("x")},
		request{method: "GET", path: "/.env"}, request{method: "OPTIONS", path: "/api/x"})
}

// learned runs devgate on the traffic, and returns what was answered when all that
// it has seen is kept.
func (p *project) learned(t *testing.T) (g *gateway, answers []answer) {
	g = p.ready("3 backends")
	for _, r := range engineLog {
		answers = append(answers, at(t, "127.0.0.1:"+p.ports["GATEWAY"], r))
	}
	eventually(t, "the last request is not kept", func() bool {
		text, _ := os.ReadFile(p.path(".devgate/observed.json"))
		return strings.Contains(string(text), `"/img/logo.svg"`)
	})
	return g, answers
}

// paste puts what devgate export paths prints into the Devgatefile, as a person would.
func (p *project) paste(t *testing.T) {
	t.Helper()
	out, errs, code := p.do("export", "paths")
	if code != 0 {
		t.Fatalf("export paths: %d %s", code, errs)
	}
	if order := regexp.MustCompile(`(?m)^order = .*$`).FindString(out); order != "" {
		p.replace("Devgatefile", "# order", order)
	}
	parts := regexp.MustCompile(`(?m)^\[(\w+)\]\n`).FindAllStringSubmatchIndex(out, -1)
	if len(parts) < 2 {
		t.Fatalf("nothing learned:\n%s", out)
	}
	for i, at := range parts {
		end := len(out)
		if i+1 < len(parts) {
			end = parts[i+1][0]
		}
		p.replace("Devgatefile", "# "+out[at[2]:at[3]]+"\n", out[at[1]:end])
	}
}
