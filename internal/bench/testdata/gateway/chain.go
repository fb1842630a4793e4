package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"
)

var errNext = errors.New("next")

// passed is set when a backend refused.
type passed struct{ next bool }

type passedKey struct{}

// chain is what a careful Go programmer would write: one
// httputil.ReverseProxy per backend, a tuned transport, drained 404s, bodies
// kept in memory.
func chain(address string, ports []string) error {
	tr := &http.Transport{
		MaxIdleConns: 1024, MaxIdleConnsPerHost: 512, IdleConnTimeout: 4 * time.Second, DisableCompression: true,
		ReadBufferSize: 16 << 10, WriteBufferSize: 16 << 10,
	}
	var all []*httputil.ReverseProxy
	for i, port := range ports {
		u, err := url.Parse("http://127.0.0.1:" + port)
		if err != nil {
			return err
		}
		all = append(all, hop(tr, u, i == len(ports)-1))
	}
	return http.ListenAndServe(address, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { ask(all, w, r) }))
}

func hop(tr *http.Transport, u *url.URL, last bool) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Transport: tr,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(u)
			r.Out.Host = r.In.Host
			r.SetXForwarded()
		},
		ModifyResponse: func(r *http.Response) error {
			if r.StatusCode != 404 || last {
				return nil
			}
			io.CopyN(io.Discard, r.Body, 64<<10)
			return errNext
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if err == errNext {
				r.Context().Value(passedKey{}).(*passed).next = true
				return
			}
			w.WriteHeader(502)
		},
	}
}

func ask(all []*httputil.ReverseProxy, w http.ResponseWriter, r *http.Request) {
	p := &passed{}
	r = r.WithContext(context.WithValue(r.Context(), passedKey{}, p))
	var body []byte
	if r.ContentLength != 0 {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return
		}
	}
	for _, proxy := range all {
		if body != nil {
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		p.next = false
		if proxy.ServeHTTP(w, r); !p.next {
			return
		}
	}
}
