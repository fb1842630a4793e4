package proxy

import (
	"net/http"
	"slices"

	"devgate/proxy/wire"
)

// reply is a backend's answer, before it is known whether it will be used.
type reply struct {
	c     *candidate
	lease *lease
	resp  *wire.Response
	body  *wire.SpoolReader
	early []informational
}

// informational is a 1xx answer that is held until the final one is known.
type informational struct {
	status int
	header http.Header
}

// earlyMax bounds the informational answers held of one answer.
const earlyMax = 16

// hold keeps a 1xx; the oldest make room. 102 says only that the backend is
// at work, which is of no use once it has answered.
func (rep *reply) hold(status int, h http.Header) {
	if status == http.StatusProcessing {
		return
	}
	if len(rep.early) == earlyMax {
		rep.early = slices.Delete(rep.early, 0, 1)
	}
	rep.early = append(rep.early, informational{status, h})
}

// closeBody stops the sending of the request body for this reply.
func (rep *reply) closeBody() {
	if rep.body != nil {
		rep.body.Close()
	}
}

// close ends the reply, read or not.
func (rep *reply) close() {
	rep.resp.Body.Close()
	rep.closeBody()
	rep.lease.release()
}

// cut breaks the reply off from another goroutine.
func (rep *reply) cut() { rep.resp.Body.Cut() }
