package session

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"devgate/internal/control"
	"devgate/proxy"
)

// Detail implements control.Inspector.
func (i *inspector) Detail(id uint64, secrets bool) (control.Detail, error) {
	d, ok := i.gateway.Detail(id)
	if !ok {
		return control.Detail{}, unknownRequest(id)
	}
	detail := detailOf(d)
	if !secrets {
		redact(&detail)
	}
	return detail, nil
}

// Replay implements control.Inspector.
func (i *inspector) Replay(ctx context.Context, id uint64, backend string) (control.Explanation, error) {
	e, err := i.gateway.Replay(ctx, id, backend)
	var unfit *proxy.UnfitError
	switch {
	case err == nil:
		return i.explanation(ctx, e), nil
	case errors.Is(err, proxy.ErrUnknownRequest):
		return control.Explanation{}, unknownRequest(id)
	case errors.Is(err, proxy.ErrUnknownBackend):
		return control.Explanation{}, &control.Error{
			Kind: control.Unknown, Text: fmt.Sprintf("no backend %q", backend), Hint: "there are " + strings.Join(i.backends(), ", "),
		}
	case errors.As(err, &unfit):
		return control.Explanation{}, &control.Error{Kind: control.Invalid, Text: fmt.Sprintf("request %d cannot be sent again: %s", id, unfit.Reason)}
	}
	return control.Explanation{}, err
}

// Look implements control.Inspector.
func (i *inspector) Look() (done func()) { return i.gateway.Look() }

func unknownRequest(id uint64) error {
	return &control.Error{Kind: control.Unknown, Text: fmt.Sprintf("no request %d is kept", id), Hint: "devgate requests lists those that are"}
}

// detailOf translates what the gateway keeps.
func detailOf(d proxy.Detail) control.Detail {
	detail := control.Detail{
		Exchange: exchangeOf(d.Exchange), Host: d.Host, Request: messageOf(d.Request), Answer: messageOf(d.Answer), Answers: []control.Message{},
	}
	if d.Target != "" {
		detail.Path = d.Target // that of the record may have been cut
	}
	for _, m := range d.Answers {
		detail.Answers = append(detail.Answers, messageOf(m))
	}
	return detail
}

func messageOf(m proxy.Message) control.Message {
	return control.Message{Header: m.Header, Trailer: m.Trailer, Body: m.Body, Size: m.Size, Kept: m.Whole}
}
