package export

import (
	"context"
	"fmt"
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
// Redirects are answers, and not followed.
func Check(ctx context.Context, base *url.URL, seen []routes.Observation, tell func(Finding) error) error {
	client := &http.Client{
		Timeout: checkPatience, Transport: &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections()
	asked := map[[2]string]bool{}
	for i := range seen {
		o := &seen[i]
		at := [2]string{o.Method, o.Path}
		if !o.Strong || o.Method != http.MethodGet && o.Method != http.MethodHead || routes.IsDevOnly(o.Path) || asked[at] || len(asked) == checkedMax {
			continue
		}
		asked[at] = true
		finding, err := ask(ctx, client, base, o)
		if err != nil {
			return err
		}
		if err := tell(finding); err != nil {
			return err
		}
	}
	return nil
}

func ask(ctx context.Context, client *http.Client, base *url.URL, o *routes.Observation) (Finding, error) {
	f := Finding{Method: o.Method, Path: o.Path}
	req := (&http.Request{Method: o.Method, URL: targetOf(base, o.Path), Host: base.Host, Header: http.Header{"Accept": {"*/*"}, "User-Agent": {"devgate"}}}).WithContext(ctx)
	resp, err := client.Do(req)
	if err != nil {
		return f, fmt.Errorf("ask %s: %w", base, err)
	}
	resp.Body.Close()
	f.Verdict, f.Why = judgeAnswer(o, resp)
	return f, nil
}

// targetOf is a path at base, that goes out as it was sent and in origin form:
// net/http makes an absolute form, which HAProxy's path rules do not read, of what
// begins with two slashes.
func targetOf(base *url.URL, path string) *url.URL {
	target := *base
	if target.Opaque = path; strings.HasPrefix(path, "//") {
		plain, err := url.PathUnescape(path)
		if err != nil {
			plain = path
		}
		target.Opaque, target.Path, target.RawPath = "", plain, path
	}
	return &target
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
