package dashboard

import (
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"devgate/internal/control"
)

var update = flag.Bool("update", false, "write the pages of testdata anew")

// get asks as a person who types an address.
func get(t *testing.T, s *site, target string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, sent(t, "GET", target, "localhost:3001", "Sec-Fetch-Site: none"))
	return w
}

// masks hide what depends on the time zone, and on when the test runs.
var masks = []struct{ pattern, text string }{
	{`\b\d\d:\d\d:\d\d\.\d{3}\b`, "CLOCK"},
	{`(data-since="[^"]+">)[^<]+`, "${1}UPTIME"},
}

// D1: each page as it is without a script, word for word.
func TestPages(t *testing.T) {
	s := newSite(newFake())
	for name, c := range map[string]struct {
		target string
		status int
	}{
		"processes": {"/", 200}, "logs": {"/logs?service=api&service=work&filter=%3Cb%3E&pattern=on", 200}, "requests": {"/requests", 200},
		"request": {"/requests/1", 200}, "post": {"/requests/2", 200}, "left": {"/requests/3", 200}, "error": {"/requests/7", 404},
	} {
		t.Run(name, func(t *testing.T) {
			w := get(t, s, c.target)
			got := w.Body.String()
			for _, m := range masks {
				got = regexp.MustCompile(m.pattern).ReplaceAllString(got, m.text)
			}
			if w.Code != c.status || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
				t.Errorf("%d, %q", w.Code, w.Header().Get("Content-Type"))
			}
			isGuarded(t, w.Result().Header)
			isInert(t, got)
			isGolden(t, name+".html", got)
		})
	}
}

func isGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || got != string(want) {
		t.Errorf("%s is another (%v); go test -run %s -update writes it anew:\n%s", name, err, t.Name(), got)
	}
}

// isInert: what the policy forbids is not written in the first place, and nothing of
// a request or a log line has become markup.
func isInert(t *testing.T, page string) {
	t.Helper()
	for _, pattern := range []string{`<script>`, `<script[^>]*>[^<]`, `(?i)\son[a-z]+\s*=\s*["']`, `style=`, `<style`, `<img src=x`, `<i>Ada`, `<b>in a row`, `(src|href)="(https?:)?//[^"]*cdn`} {
		if found := regexp.MustCompile(pattern).FindString(page); found != "" {
			t.Errorf("the page has %q", found)
		}
	}
}

func TestDurationsAndSizes(t *testing.T) {
	for d, want := range map[float64]string{0: "0.0 ms", 9.94: "9.9 ms", 9.96: "10 ms", 999.4: "999 ms", 1500: "1.5 s"} {
		if got := msText(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
	for n, want := range map[int64]string{-1: "size not known", 0: "0 bytes", 999: "999 bytes", 65536: "65.5 kB", 2e6: "2.0 MB"} {
		if got := sizeText(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	for s, want := range map[int]string{-1: "0s", 59: "59s", 61: "1m 1s", 3660: "1h 1m", 50 * 3600: "2d 2h"} {
		if got := durationText(secondsOf(s)); got != want {
			t.Errorf("%d s: %s, want %s", s, got, want)
		}
	}
}

// G15: a backend's own page is below localhost, unless the gateway is elsewhere.
func TestWhereAServiceIsFound(t *testing.T) {
	backend := control.Service{Name: "Api_2", Kind: "backend", URL: ptr("http://localhost:4001"), Port: ptr(4001)}
	worker := control.Service{Name: "work", Kind: "worker", Port: ptr(1)}
	for _, c := range []struct {
		gateway string
		service control.Service
		want    string
	}{
		{"http://localhost:3000", backend, "http://api_2.localhost:3000"},
		{"http://127.0.0.1:3000", backend, "http://api_2.localhost:3000"},
		{"http://192.168.1.7:3000", backend, "http://localhost:4001"},
		{"http://localhost:3000", worker, ""},
		{"", backend, "http://localhost:4001"},
	} {
		if got := appURL(c.gateway, c.service); got != c.want {
			t.Errorf("%s of %s: %q, want %q", c.service.Name, c.gateway, got, c.want)
		}
	}
}

// The bars of a cascade lie side by side, and none is too small to be seen.
func TestBars(t *testing.T) {
	e := control.Exchange{MS: 99, HeldMS: 40, Attempts: []control.Attempt{{Status: 404, MS: 0}, {Status: 200, MS: 99}}}
	want := []bar{{0, 1, "refused"}, {1, 16.2, "held"}, {17.2, 23.8, "good"}}
	if got := barsOf(e); len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := barsOf(control.Exchange{Attempts: []control.Attempt{{}}}); got != nil {
		t.Errorf("without any time: %v", got)
	}
	long := barsOf(control.Exchange{MS: 1e9, Attempts: []control.Attempt{{Status: 500, MS: 1e9}}})
	if len(long) != 1 || long[0] != (bar{0, 100, "bad"}) {
		t.Errorf("days: %v", long)
	}
}

// Errors are pages for people, and a line for a page's own script.
func TestWhatCannotBeDoneIsSaid(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{&control.Error{Kind: control.Unknown, Text: "no <b>", Hint: "there are a, b"}, 404}, {&control.Error{Kind: control.Refused, Text: "no <b>"}, 409},
		{&control.Error{Kind: control.Stopping, Text: "no <b>"}, 503}, {&control.Error{Kind: control.Broken, Text: "no <b>"}, 500},
	} {
		p := newFake()
		p.err = c.err
		post := func(headers ...string) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			newSite(p).ServeHTTP(w, sent(t, "POST", "/services/api/stop", "localhost:3001", append(headers, "Origin: http://localhost:3001", "X-Devgate-Token: the-token")...))
			return w
		}
		if w := post(); w.Code != c.want || w.Body.String() != c.err.Error()+"\n" {
			t.Errorf("%v: %d %q", c.err, w.Code, w.Body)
		}
	}
	for target, want := range map[string]int{
		"/nowhere": 404, "/requests/x": 404, "/requests/8": 404, "/assets/../site.go": 404, "/assets/none.js": 404, "/stream": 400, "/stream?topic=all": 400,
		"/stream?topic=lines&after=x&run=the-run": 400, "/logs?service=nobody": 404, "/requests/1/body/9": 404, "/requests/1/body/-1": 404, "/requests/8/har": 404,
	} {
		if w := get(t, newSite(newFake()), target); w.Code != want && !(w.Code == 301 || w.Code == 307) {
			t.Errorf("%s: %d, want %d", target, w.Code, want)
		}
	}
	if w := get(t, newSite(newFake()), "/nowhere"); !strings.Contains(w.Body.String(), "there is no such page") {
		t.Errorf("%s", w.Body)
	}
}

// Everything that a page names is there, with its type.
func TestWhatAPageNeedsIsThere(t *testing.T) {
	s := newSite(newFake())
	all, err := assetFiles.ReadDir("assets")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range all {
		w := get(t, s, "/assets/"+file.Name())
		kind := w.Header().Get("Content-Type")
		if w.Code != 200 || kind == "" || strings.HasPrefix(kind, "text/plain") {
			t.Errorf("%s: %d %q", file.Name(), w.Code, kind)
		}
		for _, m := range regexp.MustCompile(`from "\./([^"]+)"`).FindAllStringSubmatch(w.Body.String(), -1) {
			if w := get(t, s, "/assets/"+m[1]); w.Code != 200 {
				t.Errorf("%s needs %s: %d", file.Name(), m[1], w.Code)
			}
		}
		if regexp.MustCompile(`innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|https?://(?:[^w]|w[^w])`).MatchString(strings.ReplaceAll(w.Body.String(), "http://${", "")) {
			t.Errorf("%s makes markup or code of a text, or names another origin", file.Name())
		}
	}
}
