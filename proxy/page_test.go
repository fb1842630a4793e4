package proxy

import (
	"errors"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/oserr"
	"devgate/proxy/wire"
)

var update = flag.Bool("update", false, "write the pages anew that testdata holds")

// pageCase is what a page is about.
type pageCase struct {
	fault    *fault
	method   string // "": GET
	target   string // "": /checkout
	attempts []attempt
	tail     []string
	seen     []*seenRoute
}

// evil is text that is markup, a script, a style and a sequence at once, if it is taken
// for one.
const evil = `<script>alert("1")</script><img src=x onerror='alert(2)'></style>{{.}}` + "`${alert(3)}`\x1b[31m\x1b]8;;x\x07"

var (
	pageBackend = &Backend{Name: "api"}
	pageLog     = []string{
		"plain", "\x1b[31mred\x1b[0m and \x1b[1;38;5;42mgreen, bold\x1b[0m", "\x1b[2mfaint\x1b[22m \x1b[3;4;38;2;10;20;250mblue\x1b[0m",
		"\x1b[90mgrey\x1b[39m \x1b[97;44mwhite on blue\x1b[0m", "panic: <nil> & \"more\"",
	}
	webRefused = attempt{backend: "web", status: 404, note: noteRefused, took: 1100 * time.Microsecond}
)

// pageCases has one of each kind; a page for each stands in testdata/pages.
func pageCases(now time.Time) map[string]pageCase {
	waiting := State{Phase: Waiting, Reason: "starting", Since: now.Add(-3 * time.Second), Usual: 2 * time.Second}
	down := State{Phase: Down, Reason: "failed: exit status 1, 3 times in a row", Since: now.Add(-72 * time.Second)}
	heeding := down
	heeding.Heeding = true
	asked := func(word string) []attempt { return []attempt{webRefused, {backend: "api", word: word}} }
	return map[string]pageCase{
		"starting":      {fault: faultStarting("api", waiting), attempts: asked("starting"), tail: pageLog},
		"starting-form": {fault: faultStarting("api", waiting), attempts: asked("starting"), method: "POST"},
		"restarting":    {fault: faultStarting("api", State{Phase: Waiting, Reason: "restarting"}), attempts: asked("starting")},
		"backoff": {fault: faultStarting("api", State{Phase: Waiting, Reason: "backoff: exit status 1; starts again in 0.4s", Since: now}),
			attempts: asked("starting"), tail: pageLog},
		"crashed":         {fault: faultDown("api", heeding), attempts: asked("crashed"), tail: pageLog},
		"crashed-unheard": {fault: faultDown("api", down), attempts: asked("crashed"), tail: pageLog},
		"went-down":       {fault: faultWentDown("api", State{Phase: Waiting, Reason: "backoff: exit status 2; starts again in 0.2s", Since: now}), attempts: asked("crashed")},
		"stopped":         {fault: faultDown("api", State{Phase: Down, Stopped: true, Reason: "stopped", Since: now.Add(-2 * time.Hour)}), attempts: asked("stopped")},
		"refused":         {fault: faultRefused("api", "localhost:4001", errors.New("dial tcp 127.0.0.1:4001: connect: connection refused")), attempts: asked("refused"), tail: pageLog},
		"hung-up":         {fault: faultHungUp(pageBackend, inWords{oserr.Reset.Err(), "connection reset by peer"}), attempts: asked("hung up"), tail: pageLog},
		"nonsense":        {fault: faultBroken(&Backend{Name: "api", Remote: true}, errors.New("malformed answer \"SSH-2.0\"")), attempts: asked("refused")},
		"dns":             {fault: faultUnreached("api", "api.invalid:443", wire.NoHost, errors.New("lookup api.invalid: no such host")), attempts: asked("dns")},
		"tls":             {fault: faultUnreached("api", "10.0.0.5:443", wire.Untrusted, errors.New("x509: certificate signed by unknown authority")), attempts: asked("tls")},
		"no-tls":          {fault: faultUnreached("api", "10.0.0.5:80", wire.NoTLS, errors.New("tls: first record does not look like a TLS handshake")), attempts: asked("tls")},
		"timeout":         {fault: faultUnreached("api", "10.0.0.5:80", wire.Late, errors.New("i/o timeout")), attempts: asked("timeout")},
		"no-route":        {fault: faultUnreached("api", "10.0.0.5:80", wire.Refused, errors.New("connect: network is unreachable")), attempts: asked("refused")},
		"host":            {fault: faultHost("evil.test:3000")},
		"loop":            {fault: faultLoop()},
		"replay-limit":    {fault: faultReplayLimit(1 << 20), method: "POST", attempts: asked("replay_limit")},
		"spool":           {fault: faultSpool(inWords{oserr.DiskFull.Err(), "no space left on device"}), method: "PUT", attempts: asked("spool")},
		"request":         {fault: faultRequest("the request body ended early"), method: "POST", attempts: asked("request")},
		"unanswered": {fault: faultUnanswered("GET", "/api/user?x=1"), target: "/api/user?x=1", seen: []*seenRoute{
			{method: "GET", path: "/api/users", backend: "api", status: 200}, {method: "POST", path: "/api/user", backend: "api", status: 201},
			{method: "GET", path: "/about", backend: "static", status: 200},
		}, attempts: []attempt{
			{backend: "web", status: 404, note: noteRefused, took: 1100 * time.Microsecond, answer: "Cannot GET /api/user"},
			{backend: "api", status: 404, note: noteRefused, took: 4 * time.Millisecond, held: 20 * time.Millisecond, answer: `{"detail":"Not Found"}`},
		}},
		"unanswered-form": {fault: faultUnanswered("POST", "/it's"), method: "POST", target: "/it's", attempts: []attempt{webRefused}},
		"attack": {fault: &fault{status: 502, word: "crashed", backend: "api", title: evil, detail: evil, next: nextStep{evil, evil}, state: State{Phase: Down, Since: now}, until: untilReady},
			target: "/" + evil, tail: []string{evil, evil}, attempts: []attempt{{backend: evil, word: evil, note: evil, answer: evil}}},
	}
}

// rendered is the page of a case, as a client on this machine gets it.
func rendered(t *testing.T, c pageCase) (page string, policy string) {
	t.Helper()
	g := New(Config{
		Name: "shop", Dashboard: "http://localhost:3001", Tail: func(string) []string { return c.tail },
		Backends: []Backend{{Name: "web"}, {Name: "api"}, {Name: "docs", Paths: []string{"/docs/*"}}},
	})
	for _, s := range c.seen {
		g.seen.add(s)
	}
	method, target := c.method, c.target
	if method == "" {
		method = "GET"
	}
	if target == "" {
		target = "/checkout"
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, "/", nil)
	r.RemoteAddr, r.RequestURI, r.Host = "127.0.0.1:9", target, "localhost:3000"
	a := &answering{g: g, w: w, r: r, req: &wire.Request{Method: method, Target: target}}
	a.route.chain, a.trace.attempts = g.chain.Load(), c.attempts
	page = string(a.page(w.Header(), c.fault))
	return page, w.Header().Get("Content-Security-Policy")
}

// bare is a page without what is the same in all: the style, and the script but for what it
// is told.
func bare(page string) string {
	page = regexp.MustCompile(`nonce="[A-Z2-7]+"`).ReplaceAllString(page, `nonce="NONCE"`)
	page = regexp.MustCompile(`(?s)(<style[^>]*>).*(</style>)`).ReplaceAllString(page, "$1$2")
	head, script, _ := strings.Cut(page, "<script")
	return head + "<script" + strings.Join(regexp.MustCompile(`(?m)^const (backend|lasts|began).*|^for .*|</script>(?s:.*)`).FindAllString(script, -1), "\n")
}

// D4: each page as it is. What changes in one is looked at in the difference.
func TestPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // so that times are the same each time
		for name, c := range pageCases(time.Now()) {
			page, _ := rendered(t, c)
			got := bare(page)
			file := filepath.Join("testdata", "pages", name+".html")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s: the page is not that of %s (-update writes it):\n%s", name, file, got)
			}
		}
	})
}

// D4: whatever a request, a server or a log line brings into a page stays text, and the
// policy lets nothing run but the page's own script.
func TestPagesEscapeEverything(t *testing.T) {
	page, policy := rendered(t, pageCases(time.Now())["attack"])
	_, script, _ := strings.Cut(page, "<script nonce")
	for _, tag := range []string{"<script", "<img", "<style", "</style", "</script"} {
		own := 1
		if tag == "<img" {
			own = 0
		}
		if n := strings.Count(page, tag); n != own {
			t.Errorf("%s stands %d times in the page:\n%s", tag, n, page)
		}
	}
	if strings.Contains(script, "alert(") {
		t.Errorf("the script has what came from outside:\n%s", script)
	}
	nonce := regexp.MustCompile(`<script nonce="([A-Z2-7]+)"`).FindStringSubmatch(page)[1]
	if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "script-src 'nonce-"+nonce+"'") {
		t.Errorf("policy %q", policy)
	}
	again, _ := rendered(t, pageCases(time.Now())["attack"])
	if strings.Contains(again, nonce) {
		t.Error("two pages have one nonce")
	}
}

// D4: who cannot reach the dashboard is not led there.
func TestThePagesLeadToTheDashboard(t *testing.T) {
	a := backend(t, "a", answers(404, ""))
	get := func(cfg Config, header ...string) string {
		return gateway(t, cfg, a).get("/", append(header, navigation...)...).body
	}
	dashboard := Config{Dashboard: "http://localhost:3001/", Hosts: []string{"shop.test"}}
	if page := get(dashboard); !strings.Contains(page, `href="http://localhost:3001/requests"`) {
		t.Errorf("no link in %s", page)
	}
	for name, page := range map[string]string{
		"no dashboard": get(Config{}), "through a tunnel": get(dashboard, "Host", "shop.test"), "not a page": get(Config{Dashboard: "javascript:alert(1)"}),
	} {
		if strings.Contains(page, "dashboard</a>") && !strings.Contains(page, `href="#ZgotmplZ"`) {
			t.Errorf("%s: a link in %s", name, page)
		}
	}
}

// Where nothing runs for a person: 7 is grey; what is no colour has none.
func TestSpans(t *testing.T) {
	for line, want := range map[string][]span{
		"plain":                                 {{"", "plain"}},
		"\x1b[31mr\x1b[0m":                      {{"c1", "r"}},
		"\x1b[1;91mr\x1b[mx":                    {{"c1 bold", "r"}, {"", "x"}},
		"\x1b[38;5;196mr\x1b[38:5:21mb":         {{"c1", "r"}, {"c4", "b"}},
		"\x1b[38;2;250;240;10my\x1b[38;5;244mg": {{"c3", "y"}, {"c7", "g"}},
		"\x1b[48;5;1;1mbold":                    {{"bold", "bold"}},
		"\x1b[2J\x1b[3;4;2mx\x1b[23;24;22my":    {{"faint italic underline", "x"}, {"", "y"}},
		"\x1b[38;5":                             {{"", "[38;5"}},
		"":                                      nil,
	} {
		got := spans(line)
		if len(got) != len(want) {
			t.Errorf("%q: %v, want %v", line, got, want)
			continue
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%q: %v, want %v", line, got, want)
			}
		}
	}
}

// No log line is lost or added to, whatever sequences are in it.
func FuzzSpans(f *testing.F) {
	f.Add("a\x1b[31mb\x1b[0m\x1b")
	f.Fuzz(func(t *testing.T, line string) {
		text := 0
		for _, s := range spans(line) {
			text += len(s.Text)
			if s.Text == "" || strings.Contains(s.Text, "\x1b") || strings.Trim(s.Class, " abcdefghijklmnopqrstuvwxyz1234567") != "" {
				t.Errorf("%q: %q", line, s)
			}
		}
		if text > len(line) || !strings.Contains(line, "\x1b") && text != len(line) {
			t.Errorf("%q: %d bytes of %d", line, text, len(line))
		}
	})
}

// What is typed into a shell as it stands on a page asks for that very request.
func TestCommandsAreQuoted(t *testing.T) {
	for target, want := range map[string]string{
		"/a/b-c.d_e?x": "devgate why '/a/b-c.d_e?x'", "/a%20b": "devgate why /a%20b", "/it's$(x)": `devgate why '/it'\''s$(x)'`, "/~": "devgate why '/~'",
	} {
		if got := whyCommand("GET", target); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
	if got := whyCommand("P`x`", "/"); got != "devgate why 'P`x`' /" {
		t.Error(got)
	}
}

// inWords is an error of the system in the words of one: pages show them.
type inWords struct {
	cause error
	text  string
}

func (e inWords) Error() string { return e.text }

func (e inWords) Unwrap() error { return e.cause }
