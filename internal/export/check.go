package export

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"devgate/internal/routes"
)

// Finding is what an engine has answered to a request of the log.
type Finding struct {
	Method  string `json:"method"`
	Path    string `json:"path"`
	Verdict string `json:"verdict"` // "same", "differs" or "unclear"
	Why     string `json:"why"`
}

// checkPatience is how long one answer may take.
const checkPatience = 10 * time.Second

// checkedMax bounds what is asked.
const checkedMax = 500

// Check asks an engine the strong observations that are safe to ask, GET and HEAD
// without anybody's cookies, and compares what it says with what devgate has seen.
// Redirects are answers, and not followed. It ends at the first request that gets no
// answer, or when tell fails.
func Check(ctx context.Context, base *url.URL, seen []routes.Observation, tell func(Finding) error) error {
	asked := map[[2]string]bool{}
	for i := range seen {
		o := &seen[i]
		at := [2]string{o.Method, o.Path}
		if !o.Strong || o.Method != http.MethodGet && o.Method != http.MethodHead || routes.IsDevOnly(o.Path) || asked[at] || len(asked) == checkedMax {
			continue
		}
		asked[at] = true
		resp, err := ask(ctx, base, o)
		if err != nil {
			return fmt.Errorf("ask %s: %w", base.Redacted(), err)
		}
		f := Finding{Method: o.Method, Path: o.Path}
		f.Verdict, f.Why = judgeAnswer(o, resp)
		if err := tell(f); err != nil {
			return err
		}
	}
	return nil
}

// ask sends a request on a connection of its own, its path byte for byte as it was
// seen, which net/http would not do: it escapes some anew, and asks for what begins
// with two slashes in absolute form, which rules for paths do not read.
func ask(ctx context.Context, base *url.URL, o *routes.Observation) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	conn, err := connect(ctx, base)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })() // the wait for an answer ends, too
	if _, err := fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: devgate\r\nAccept: */*\r\nConnection: close\r\n\r\n", o.Method, o.Path, base.Host); err != nil {
		return nil, errors.Join(ctx.Err(), err)
	}
	r := bufio.NewReader(conn)
	for {
		resp, err := http.ReadResponse(r, &http.Request{Method: o.Method})
		if err != nil {
			return nil, errors.Join(ctx.Err(), err)
		}
		if resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols {
			return resp, nil // its body is not of interest
		}
	}
}

// connect opens a connection to where base is.
func connect(ctx context.Context, base *url.URL) (net.Conn, error) {
	if base.Scheme == "https" {
		d := tls.Dialer{Config: &tls.Config{NextProtos: []string{"http/1.1"}}}
		return d.DialContext(ctx, "tcp", net.JoinHostPort(base.Hostname(), cmp.Or(base.Port(), "443")))
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", net.JoinHostPort(base.Hostname(), cmp.Or(base.Port(), "80")))
}

// judgeAnswer compares an answer with what was seen. What depends on a login, a
// query or what was asked before is not clear.
func judgeAnswer(o *routes.Observation, resp *http.Response) (verdict, why string) {
	by := resp.Header.Get("X-Devgate-Backend") // a devgate says who it was
	was, now := plainStatus(o.Status), plainStatus(resp.StatusCode)
	switch {
	case by != "" && by != o.Backend:
		return "differs", fmt.Sprintf("%s answered, and not %s", by, o.Backend)
	case was != now && (now == 404 || now == 405 || now >= 500) && was < 400:
		return "differs", fmt.Sprintf("%d, and not %d of %s", resp.StatusCode, o.Status, o.Backend)
	case was != now:
		return "unclear", fmt.Sprintf("%d, and not %d: it may want a login, a query or a cookie", resp.StatusCode, o.Status)
	case now == 200 && o.Method == http.MethodGet && resp.StatusCode != 304 && o.Status != 304 && typeOf(resp.Header) != o.Type:
		return "differs", fmt.Sprintf("%s, and not %s of %s", typeName(typeOf(resp.Header)), typeName(o.Type), o.Backend)
	}
	return "same", ""
}

// plainStatus takes a part of something, and that it has not changed, for the whole,
// and redirects for one that say the same of a GET.
func plainStatus(status int) int {
	switch status {
	case http.StatusPartialContent, http.StatusNotModified:
		return http.StatusOK
	case http.StatusPermanentRedirect:
		return http.StatusMovedPermanently
	case http.StatusTemporaryRedirect:
		return http.StatusFound
	}
	return status
}

func typeOf(h http.Header) string {
	media, _, _ := strings.Cut(strings.ToLower(h.Get("Content-Type")), ";")
	media = strings.TrimSpace(media)
	switch {
	case media == "text/html":
		return "html"
	case media == "application/json", strings.HasSuffix(media, "+json"):
		return "json"
	}
	return ""
}

func typeName(kind string) string {
	switch kind {
	case "html":
		return "a page"
	case "json":
		return "JSON"
	}
	return "something else than a page or JSON"
}
