package session

import (
	"context"
	"fmt"
	"slices"

	"devgate/internal/control"
	"devgate/proxy"
)

// Detail implements control.Inspector.
func (i *inspector) Detail(id uint64, secrets bool) (control.Detail, error) {
	all := i.gateway.Requests()
	at := slices.IndexFunc(all, func(e proxy.Exchange) bool { return e.ID == id })
	if at < 0 {
		return control.Detail{}, unknownRequest(id)
	}
	d := control.Detail{Exchange: exchangeOf(all[at]), Host: all[at].Host, Request: unkept, Answer: unkept}
	for range d.Attempts {
		d.Answers = append(d.Answers, unkept)
	}
	return d, nil
}

// unkept is a message of which nothing is known.
var unkept = control.Message{Size: -1}

// Replay implements control.Inspector.
func (i *inspector) Replay(_ context.Context, id uint64, _ string) (control.Exchange, error) {
	return control.Exchange{}, &control.Error{Kind: control.Invalid, Text: fmt.Sprintf("request %d cannot be sent again: it was not kept", id)}
}

// Look implements control.Inspector.
func (i *inspector) Look() (done func()) { return func() {} }

func unknownRequest(id uint64) error {
	return &control.Error{Kind: control.Unknown, Text: fmt.Sprintf("no request %d is kept", id), Hint: "devgate requests lists those that are"}
}
