package proxy

import (
	"net/http"
	"strings"
)

// The headers by which the gateway speaks of itself (G9).
const (
	headerOwn     = "X-Devgate-" // the beginning of all but the last
	headerBackend = "X-Devgate-Backend"
	headerTried   = "X-Devgate-Tried"
	headerError   = "X-Devgate-Error"
	headerTiming  = "Server-Timing"
)

// accepts returns the quality, 0 to 1000, that an Accept header gives to the
// media type "major/minor" (RFC 9110 section 12.5.1).
func accepts(accept, major, minor string) int {
	best, specific := 0, -1
	for part := range strings.SplitSeq(accept, ",") {
		media, params, _ := strings.Cut(part, ";")
		rank := mediaRank(strings.TrimSpace(media), major, minor)
		if rank > specific {
			specific, best = rank, quality(params)
		}
	}
	return best
}

// mediaRank says how closely a media range fits: 2 exactly, 1 by its major
// type, 0 by "*/*", -1 not at all.
func mediaRank(media, major, minor string) int {
	m, n, _ := strings.Cut(media, "/")
	switch {
	case strings.EqualFold(m, major) && strings.EqualFold(n, minor):
		return 2
	case strings.EqualFold(m, major) && n == "*":
		return 1
	case m == "*" && n == "*":
		return 0
	}
	return -1
}

// quality reads "q=0.8" out of the parameters of a media range, in thousandths.
func quality(params string) int {
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if !strings.EqualFold(name, "q") {
			continue
		}
		whole, fraction, _ := strings.Cut(value, ".")
		if whole != "0" {
			return 1000
		}
		q := 0
		for i := range 3 {
			q *= 10
			if i < len(fraction) && fraction[i] >= '0' && fraction[i] <= '9' {
				q += int(fraction[i] - '0')
			}
		}
		return q
	}
	return 1000
}

// wantsJSON reports whether an answer in JSON suits the client at least as
// well as one in HTML. No Accept header states no wish.
func wantsJSON(h http.Header) bool {
	accept := strings.Join(h["Accept"], ",")
	json := accepts(accept, "application", "json")
	return json > 0 && json >= accepts(accept, "text", "html")
}

// isJSON reports whether h announces a JSON body, "+json" types included.
func isJSON(h http.Header) bool {
	media, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	media = strings.ToLower(strings.TrimSpace(media))
	return media == "application/json" || strings.HasSuffix(media, "+json")
}

// isHTML reports whether h announces a page.
func isHTML(h http.Header) bool {
	media, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(media), "text/html")
}

// kindOf is "html", "json" or "".
func kindOf(h http.Header) string {
	switch {
	case isHTML(h):
		return "html"
	case isJSON(h):
		return "json"
	}
	return ""
}

// isSuccess reports a 2xx.
func isSuccess(status int) bool { return status/100 == 2 }

// isEventStream reports whether h announces server-sent events.
func isEventStream(h http.Header) bool {
	media, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(media), "text/event-stream")
}

// isNavigation reports whether a person in front of a browser waits for r:
// by Sec-Fetch-Mode, or for browsers without it by an Accept header that
// names HTML before any JSON.
func isNavigation(h http.Header) bool {
	if mode := h.Get("Sec-Fetch-Mode"); mode != "" {
		return mode == "navigate"
	}
	if h.Get("Sec-Fetch-Dest") != "" || h.Get("Sec-Fetch-Site") != "" {
		return false
	}
	accept := strings.ToLower(strings.Join(h["Accept"], ","))
	html := strings.Index(accept, "text/html")
	json := strings.Index(accept, "json")
	return html >= 0 && (json < 0 || html < json)
}
