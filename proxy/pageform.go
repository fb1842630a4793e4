package proxy

import (
	"net/http"
	"slices"
	"strings"

	"devgate/proxy/message"
	"devgate/proxy/wire"
)

// validatorsMax bounds the validators remembered of the pages of one process: they
// change with each edit, and with the coding.
const validatorsMax = 16

// notice learns that the process sends pages. One that is not modified has no type;
// it was navigated to.
func (k *pages) notice(req *wire.Request, resp *wire.Response) {
	if k.sends.Load() {
		return
	}
	if isSuccess(resp.Status) && isHTML(resp.Header) || resp.Status == http.StatusNotModified && isNavigation(req.Header) {
		k.sends.Store(true)
	}
}

// mayBe judges by the request and the answer alone whether this may be a front
// end's page for a path that it does not know, in any of its forms: the page, a part
// of it or that there is no such part, that a condition on it holds or does not, and
// the consent to a preflight, which those give who allow any origin. In doubt it
// may: to hold what is none costs only time.
func (k *pages) mayBe(req *wire.Request, resp *wire.Response) bool {
	switch req.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodOptions:
		return isSuccess(resp.Status) && req.Header["Access-Control-Request-Method"] != nil
	default:
		return false
	}
	switch resp.Status {
	case http.StatusOK:
		return isHTML(resp.Header)
	case http.StatusPartialContent:
		return isHTML(resp.Header) || isByteRanges(resp.Header)
	case http.StatusNotModified:
		return k.mayBeUnmodified(req, resp)
	case http.StatusRequestedRangeNotSatisfiable, http.StatusPreconditionFailed:
		return true
	}
	return false
}

// mayBeUnmodified reports whether a 304 may be about the page, by what it is about.
// It should repeat that (RFC 9110, section 15.4.5); Vite's does not, and then it is
// what was asked about.
func (k *pages) mayBeUnmodified(req *wire.Request, resp *wire.Response) bool {
	about := validatorsOf(resp.Header)
	if len(about) == 0 {
		about = conditionsOf(req.Header)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return !k.seen || slices.ContainsFunc(about, func(v string) bool { return v == "*" || slices.Contains(k.validators, v) })
}

// keep notes the validators of the page as it was just served.
func (k *pages) keep(resp *wire.Response) {
	if !isSuccess(resp.Status) || !isHTML(resp.Header) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen = true
	for _, v := range []string{opaque(resp.Header.Get("Etag")), resp.Header.Get("Last-Modified")} {
		if v == "" || slices.Contains(k.validators, v) {
			continue
		}
		if len(k.validators) == validatorsMax {
			k.validators = slices.Delete(k.validators, 0, 1)
		}
		k.validators = append(k.validators, strings.Clone(v))
	}
}

// validatorsOf is what a 304 says that it is about: its tag, else its date.
func validatorsOf(h http.Header) []string {
	if tag := h.Get("Etag"); tag != "" {
		return []string{opaque(tag)}
	}
	if date := h.Get("Last-Modified"); date != "" {
		return []string{date}
	}
	return nil
}

// conditionsOf are the validators that a request asks about, if the answer is a 304.
func conditionsOf(h http.Header) []string {
	tags := message.Tokens(h["If-None-Match"])
	if len(tags) == 0 {
		return h["If-Modified-Since"]
	}
	for i := range tags {
		tags[i] = opaque(tags[i])
	}
	return tags
}

// opaque is a tag for the weak comparison (RFC 9110, section 8.8.3.2).
func opaque(tag string) string { return strings.TrimPrefix(tag, "W/") }

// isByteRanges reports whether h announces several parts.
func isByteRanges(h http.Header) bool {
	media, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(media), "multipart/byteranges")
}
