package dashboard

import (
	"bufio"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// sent is a request as it arrives; each header is "Name: value".
func sent(t testing.TB, method, target, host string, headers ...string) *http.Request {
	t.Helper()
	text := method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + strings.Join(append(headers, ""), "\r\n") + "\r\n"
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// D2: each attack, and each honest request beside it.
func TestWhoIsAnswered(t *testing.T) {
	const (
		ours      = "localhost:3001"
		token     = "X-Devgate-Token: the-token"
		own       = "Origin: http://localhost:3001"
		navigates = "Sec-Fetch-Mode: navigate"
		document  = "Sec-Fetch-Dest: document"
	)
	list := func(h ...string) []string { return h }
	for name, c := range map[string]struct {
		method, target, host string
		headers              []string
		want                 int
	}{
		"an address that is typed":            {"GET", "/", ours, list("Sec-Fetch-Site: none", navigates, document), 200},
		"a program":                           {"GET", "/", ours, nil, 200},
		"a page's own stream":                 {"GET", "/requests.har", ours, list("Sec-Fetch-Site: same-origin"), 200},
		"another name of this machine":        {"GET", "/", "shop.localhost:3001", nil, 200},
		"its address":                         {"GET", "/", "127.0.0.1:3001", nil, 200},
		"its other address":                   {"GET", "/", "[::1]:3001", nil, 200},
		"behind a forwarded port":             {"GET", "/", "localhost:9000", list("Origin: http://localhost:9000"), 200},
		"a name that is allowed":              {"GET", "/", "shop.tunnel.test", nil, 200},
		"and its page":                        {"POST", "/services/api/stop", "shop.tunnel.test", list("Origin: https://shop.tunnel.test", token), 204},
		"a link on the gateway's page":        {"GET", "/logs?service=api", ours, list("Sec-Fetch-Site: same-site", navigates, document), 200},
		"a link anywhere":                     {"GET", "/requests/1", ours, list("Sec-Fetch-Site: cross-site", navigates, document), 200},
		"its own button":                      {"POST", "/services/api/stop", ours, list(own, "Sec-Fetch-Site: same-origin", token), 204},
		"a browser without Sec-Fetch-Site":    {"POST", "/services/api/stop", ours, list(own, token), 204},
		"rebinding: a name that points here":  {"GET", "/", "evil.test:3001", nil, 403},
		"rebinding: it looks like ours":       {"GET", "/", "localhost.evil.test:3001", nil, 403},
		"rebinding: an address inside a name": {"GET", "/", "127.0.0.1.evil.test", nil, 403},
		"rebinding: Host and Origin agree":    {"POST", "/services/api/stop", "evil.test:3001", list("Origin: http://evil.test:3001", "Sec-Fetch-Site: same-origin", token), 403},
		"rebinding: all addresses":            {"GET", "/", "0.0.0.0:3001", nil, 403},
		"an address of the network":           {"GET", "/", "192.168.1.7:3001", nil, 403},
		"no host":                             {"GET", "/", "", nil, 403},
		"a script that reads a log":           {"GET", "/stream?topic=lines", ours, list("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: cors", "Origin: http://evil.test"), 403},
		"and from the app":                    {"GET", "/stream?topic=lines", ours, list("Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: cors", "Origin: http://localhost:3000"), 403},
		"and without Origin":                  {"GET", "/logs.txt", ours, list("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"), 403},
		"XSSI: a script tag":                  {"GET", "/requests.har", ours, list("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script"), 403},
		"XSSI: from another port":             {"GET", "/assets/page.js", ours, list("Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script"), 403},
		"a page's script tag":                 {"GET", "/", ours, list("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script"), 403},
		"framing":                             {"GET", "/", ours, list("Sec-Fetch-Site: cross-site", navigates, "Sec-Fetch-Dest: iframe"), 403},
		"framing by the app":                  {"GET", "/", ours, list("Sec-Fetch-Site: same-site", navigates, "Sec-Fetch-Dest: iframe"), 403},
		"an object tag":                       {"GET", "/", ours, list("Sec-Fetch-Site: same-site", navigates, "Sec-Fetch-Dest: object"), 403},
		"a download by a link elsewhere":      {"GET", "/requests.har", ours, list("Sec-Fetch-Site: cross-site", navigates, document), 403},
		"a body by a link elsewhere":          {"GET", "/requests/1/body/answer", ours, list("Sec-Fetch-Site: cross-site", navigates, document), 403},
		"CSRF: a form elsewhere":              {"POST", "/services/api/stop", ours, list("Origin: http://evil.test", "Sec-Fetch-Site: cross-site", navigates, document, token), 403},
		"CSRF: another port of localhost":     {"POST", "/services/api/stop", ours, list("Origin: http://localhost:3000", "Sec-Fetch-Site: same-site", token), 403},
		"CSRF: that says it is ours":          {"POST", "/services/api/stop", ours, list(own, "Sec-Fetch-Site: same-site", token), 403},
		"CSRF: another name of this machine":  {"POST", "/services/api/stop", ours, list("Origin: http://127.0.0.1:3001", token), 403},
		"CSRF: with a certificate":            {"POST", "/services/api/stop", ours, list("Origin: https://localhost:3001", token), 403},
		"CSRF: any address is no origin":      {"POST", "/services/api/stop", ours, list("Origin: http://10.1.2.3:3001", token), 403},
		"CSRF: an origin that goes on":        {"POST", "/services/api/stop", ours, list("Origin: http://localhost:3001.evil.test", token), 403},
		"CSRF: Origin null":                   {"POST", "/services/api/stop", ours, list("Origin: null", token), 403},
		"CSRF: null, and none":                {"POST", "/services/api/stop", ours, list("Origin: null", "Sec-Fetch-Site: none", token), 403},
		"CSRF: two origins":                   {"POST", "/services/api/stop", ours, list(own, "Origin: http://evil.test", token), 403},
		"CSRF: two sites":                     {"POST", "/services/api/stop", ours, list(own, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site", token), 403},
		"CSRF: missing Origin, cross-site":    {"POST", "/services/api/stop", ours, list("Sec-Fetch-Site: cross-site", token), 403},
		"CSRF: neither":                       {"POST", "/services/api/stop", ours, list(token), 403},
		"CSRF: a bookmark":                    {"POST", "/services/api/stop", ours, list("Sec-Fetch-Site: none", token), 403},
		"without the token":                   {"POST", "/services/api/stop", ours, list(own, "Sec-Fetch-Site: same-origin"), 403},
		"with that of another run":            {"POST", "/services/api/stop", ours, list(own, "X-Devgate-Token: the-tokem"), 403},
		"a change by GET":                     {"GET", "/services/api/stop", ours, list(own, token), 404},
		"by PUT":                              {"PUT", "/services/api/stop", ours, list(own, token), 403},
		"a preflight":                         {"OPTIONS", "/services/api/stop", ours, list("Origin: http://evil.test", "Access-Control-Request-Method: POST"), 403},
		"an absolute target":                  {"GET", "http://localhost:3001/", ours, nil, 403},
		"an absolute target elsewhere":        {"GET", "http://evil.test/", ours, nil, 403},
		"a tunnel":                            {"CONNECT", "localhost:3001", ours, nil, 403},
		"an asterisk":                         {"OPTIONS", "*", ours, nil, 403},
	} {
		t.Run(name, func(t *testing.T) {
			p := newFake()
			w := httptest.NewRecorder()
			newSite(p).ServeHTTP(w, sent(t, c.method, c.target, c.host, c.headers...))
			if w.Code != c.want {
				t.Errorf("status %d, want %d: %s", w.Code, c.want, w.Body)
			}
			if done := len(p.asked) == 1 && strings.HasPrefix(p.asked[0], "stop"); done != (c.want == 204) {
				t.Errorf("the project was asked for %q", p.asked)
			}
			isGuarded(t, w.Result().Header)
		})
	}
}

// isGuarded: refusals, too, carry what keeps others out.
func isGuarded(t *testing.T, h http.Header) {
	t.Helper()
	for name, want := range map[string]string{
		"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin", "Referrer-Policy": "same-origin", "Cache-Control": "no-store",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	csp := h.Get("Content-Security-Policy")
	if !strings.HasPrefix(csp, "default-src 'self';") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("CSP: %q", csp)
	}
	for name := range h {
		if strings.HasPrefix(name, "Access-Control-") || name == "Set-Cookie" {
			t.Errorf("%s: %q", name, h[name])
		}
	}
}

// A form without a script carries the token in a field.
func TestAFormCarriesTheToken(t *testing.T) {
	for token, want := range map[string]int{"the-token": http.StatusSeeOther, "other": http.StatusForbidden} {
		p := newFake()
		r := httptest.NewRequest("POST", "/services/api/restart", strings.NewReader("token="+token+"&back=logs"))
		r.Host = "localhost:3001"
		r.Header = http.Header{"Origin": {"http://localhost:3001"}, "Content-Type": {"application/x-www-form-urlencoded"}}
		w := httptest.NewRecorder()
		newSite(p).ServeHTTP(w, r)
		if w.Code != want || want == http.StatusSeeOther && w.Header().Get("Location") != "/logs" {
			t.Errorf("%s: %d to %q: %s", token, w.Code, w.Header().Get("Location"), w.Body)
		}
	}
}

// A refusal of a name says what to do, as text and not as markup.
func TestARefusedHostIsToldWhatToDo(t *testing.T) {
	w := httptest.NewRecorder()
	newSite(newFake()).ServeHTTP(w, sent(t, "GET", "/", "evil.test"))
	const want = "devgate: \"evil.test\" is no name of this machine: open the dashboard on localhost, or add the name to hosts in the Devgatefile\n"
	if w.Body.String() != want || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("%q, %q", w.Body, w.Header().Get("Content-Type"))
	}
}

// Whatever stands in Host and Origin: no panic, and nobody is let in who does not
// name this machine in the one form that browsers write.
func FuzzHostAndOrigin(f *testing.F) {
	for _, seed := range []string{"localhost", "localhost:3001", "[::1]:3001", "[::1]", "::1", "127.0.0.1:0", "evil.test", "[::1%lo]:1", "a:b:c", "[", "]", ":", "localhost:", "@localhost", "localhost:3001@evil.test", "null", "http://localhost:3001", "\x00", "[::ffff:127.0.0.1]:1", "LOCALHOST:3001", "localhost.:1", "[localhost]:1", "[127.0.0.1]:1"} {
		f.Add(seed, seed, "same-origin")
	}
	site := newSite(newFake())
	f.Fuzz(func(t *testing.T, host, origin, fetchSite string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		r.Header["Origin"], r.Header["Sec-Fetch-Site"] = []string{origin}, []string{fetchSite}
		if site.access.refuse(r) != "" {
			return
		}
		if host != "shop.tunnel.test" && !namesThisMachine(host) {
			t.Errorf("Host %q is let in", host)
		}
		if origin != "http://"+host && origin != "https://shop.tunnel.test" {
			t.Errorf("Origin %q is let in at %q", origin, host)
		}
	})
}

// namesThisMachine judges by another way than the code: what net makes of it.
func namesThisMachine(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	ip := net.ParseIP(name)
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || ip != nil && ip.IsLoopback()
}
