package proxy

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// headers makes a header section of "Name: value" lines.
func headers(lines ...string) http.Header {
	h := make(http.Header)
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		h.Add(name, value)
	}
	return h
}

// RFC 9110 section 12.5.1: the most specific range that fits decides.
func TestAccepts(t *testing.T) {
	for accept, want := range map[string][2]int{ // application/json, text/html
		"":                                    {0, 0},
		"*/*":                                 {1000, 1000},
		"application/json":                    {1000, 0},
		"APPLICATION/JSON":                    {1000, 0},
		"text/html, application/json;q=0.9":   {900, 1000},
		"text/*;q=0.3, */*;q=0.1":             {100, 300},
		"application/json;q=0, */*":           {0, 1000},
		"*/*;q=0.8, application/json; q=0.25": {250, 800},
		"text/html;level=1;q=0.5":             {0, 500},
		"application/*;q=0.123456":            {123, 0},
		"application/json;q=x":                {1000, 0},
		"application/json;q=1.5":              {1000, 0},
		",,;":                                 {0, 0},
	} {
		if got := [2]int{accepts(accept, "application", "json"), accepts(accept, "text", "html")}; got != want {
			t.Errorf("%q: %v, want %v", accept, got, want)
		}
	}
}

// G8: who gets JSON among several refusals.
func TestWantsJSON(t *testing.T) {
	for accept, want := range map[string]bool{
		"": false, "*/*": true, "application/json": true, "text/html,application/xhtml+xml,*/*;q=0.8": false,
		"application/json, text/html": true, "text/html": false, "application/json;q=0.5, text/html;q=0.4": true,
	} {
		h := headers()
		if accept != "" {
			h.Set("Accept", accept)
		}
		if got := wantsJSON(h); got != want {
			t.Errorf("%q: %t", accept, got)
		}
	}
}

// G8, G9: a person in front of a browser is told from a program.
func TestIsNavigation(t *testing.T) {
	for _, c := range []struct {
		header http.Header
		want   bool
	}{
		{headers(), false},
		{headers("Accept: */*"), false},
		{headers("Accept: text/html,application/xhtml+xml,*/*;q=0.8"), true},
		{headers("Accept: application/json, text/html"), false},
		{headers("Accept: text/html, application/json"), true},
		{headers("Accept: TEXT/HTML"), true},
		{headers("Sec-Fetch-Mode: navigate"), true},
		{headers("Sec-Fetch-Mode: cors", "Accept: text/html"), false},
		{headers("Sec-Fetch-Dest: script", "Accept: text/html"), false},
		{headers("Sec-Fetch-Site: same-origin", "Accept: text/html"), false},
	} {
		if got := isNavigation(c.header); got != c.want {
			t.Errorf("%v: %t", c.header, got)
		}
	}
}

func TestKindsOfAnswers(t *testing.T) {
	for kind, want := range map[string]string{
		"application/json": "json", "application/problem+json; charset=utf-8": "json", "Application/JSON": "json",
		"text/html; charset=utf-8": "html", "TEXT/HTML": "html", "text/event-stream": "stream", "text/event-stream;x": "stream",
		"text/plain": "", "": "", "application/jsonp": "", "text/htmlx": "",
	} {
		h, got := headers("Content-Type: "+kind), ""
		for name, is := range map[string]bool{"json": isJSON(h), "html": isHTML(h), "stream": isEventStream(h)} {
			if is {
				got += name
			}
		}
		if got != want {
			t.Errorf("%q is %q, want %q", kind, got, want)
		}
	}
}

// What devgate writes down of a attempt, for people.
func TestNotes(t *testing.T) {
	for _, c := range []struct {
		attempt attempt
		want    string
	}{
		{attempt{status: 200}, ""},
		{attempt{status: 404, note: noteRefused}, "falls through"},
		{attempt{status: 200, learned: true}, "asked ahead"},
		{attempt{status: 200, held: 1234 * time.Millisecond, waited: "restarting"}, "held 1.2s: restarting"},
		{attempt{status: 200, held: 12345 * time.Microsecond}, "held 12ms"},
		{attempt{word: "crashed"}, "crashed"},
		{attempt{word: "starting", held: 15 * time.Second, waited: "building"}, "starting; held 15s: building"},
	} {
		if got := c.attempt.notes(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
