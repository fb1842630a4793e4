package dashboard

import (
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
)

// access decides who is answered. Any page that a developer has open can send
// requests to a port of this machine; what it cannot do is to lie in Host, Origin
// and Sec-Fetch-*, which the browser writes.
type access struct {
	accepts func(host string) bool // further names; nil: none
	token   string                 // that a change has to carry
	isPage  func(path string) bool // that others may open, as a document of its own
}

// The names under which a page hands the token back.
const (
	tokenHeader = "X-Devgate-Token"
	tokenField  = "token"
)

// formMax bounds the body of a request, in bytes: it is a small form.
const formMax = 64 << 10

// refuse returns why a request is not answered, and "" where it is.
func (a *access) refuse(r *http.Request) string {
	// An absolute target has a host of its own, which is not that of the header.
	if !strings.HasPrefix(r.RequestURI, "/") {
		return "the target of a request has to be a path"
	}
	if !a.isOurs(r.Host) {
		return fmt.Sprintf("%q is no name of this machine: open the dashboard on localhost, or add the name to hosts in the Devgatefile", r.Host)
	}
	if why := a.refuseOrigin(r); why != "" {
		return why
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return ""
	}
	return a.refuseChange(r)
}

// refuseOrigin goes by what a browser says of the page that has sent the request.
func (a *access) refuseOrigin(r *http.Request) string {
	origins := r.Header.Values("Origin")
	if len(origins) > 1 || len(origins) == 1 && !a.isSameOrigin(origins[0], r.Host) {
		return fmt.Sprintf("the request comes from a page of another origin (%q)", strings.Join(origins, ", "))
	}
	sites := r.Header.Values("Sec-Fetch-Site")
	switch {
	case len(sites) == 0: // no browser, or an old one
		return ""
	case len(sites) == 1 && (sites[0] == "same-origin" || sites[0] == "none"):
		return ""
	case len(sites) == 1 && a.opensPage(r):
		return ""
	}
	return fmt.Sprintf("the request comes from a page of another site (%q)", strings.Join(sites, ", "))
}

// opensPage reports whether a request is a link, from the gateway's own pages or
// from anywhere, that shows a page in a tab: whoever has written the link can
// neither read nor frame what is shown.
func (a *access) opensPage(r *http.Request) bool {
	h := r.Header
	return r.Method == http.MethodGet && h.Get("Sec-Fetch-Mode") == "navigate" && h.Get("Sec-Fetch-Dest") == "document" && a.isPage(r.URL.Path)
}

// refuseChange looks at a request that changes something. A browser says where such
// a request comes from, in one way or the other.
func (a *access) refuseChange(r *http.Request) string {
	switch {
	case r.Method != http.MethodPost:
		return "changes are asked for by POST"
	case r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") != "same-origin":
		return "the request does not say which page it comes from: programs use the commands of devgate"
	}
	token := r.Header.Get(tokenHeader)
	if token == "" {
		token = r.PostFormValue(tokenField)
	}
	if subtle.ConstantTimeCompare([]byte(token), []byte(a.token)) != 1 {
		return "the page is of an earlier devgate: reload it"
	}
	return ""
}

// isSameOrigin compares exactly: an address that means the same is another origin.
// A name that was allowed may be that of a tunnel with a certificate.
func (a *access) isSameOrigin(origin, host string) bool {
	return origin == "http://"+host || origin == "https://"+host && !isLocal(hostName(host))
}

// isOurs reports whether a Host header names this machine, or was allowed.
func (a *access) isOurs(host string) bool {
	name := hostName(host)
	return name != "" && (isLocal(name) || a.accepts != nil && a.accepts(host))
}

// isLocal reports whether no page elsewhere can claim a name.
func isLocal(name string) bool {
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.Zone() == "" && addr.IsLoopback()
}

// hostName is the name in a Host header, in lower case and without port; "" where it
// is not the form of one. Nothing is mended: browsers write it in one way.
func hostName(host string) string {
	name := host
	if strings.HasPrefix(host, "[") || strings.Contains(host, ":") {
		h, port, err := net.SplitHostPort(host)
		if err != nil { // no port
			if !strings.HasPrefix(host, "[") || !strings.HasSuffix(host, "]") {
				return ""
			}
			h, port = host[1:len(host)-1], "1"
		}
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return ""
		}
		if strings.HasPrefix(host, "[") != strings.Contains(h, ":") {
			return ""
		}
		name = h
	}
	return strings.ToLower(name)
}

// protect sets what every answer carries.
func protect(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'")
	h.Set("X-Frame-Options", "DENY") // for who does not know frame-ancestors
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin") // no <script src> from elsewhere
	h.Set("Cross-Origin-Opener-Policy", "same-origin")   // who opens a page gets no hold of it
	// Not no-referrer: a form of such a page has the origin "null".
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}
