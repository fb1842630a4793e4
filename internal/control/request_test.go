package control

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestAQuestionReachesTheGatewayWhole(t *testing.T) {
	f := &fakeActions{}
	_, client, _ := running(t, f)
	q := Question{Method: "POST", Target: "/a%2Fb?x=1", Header: http.Header{"Accept": {"a", "b"}}, Body: []byte("body <b>")}
	answer, err := client.Explain(t.Context(), q)
	if err != nil || !reflect.DeepEqual(answer, explained) {
		t.Errorf("got %+v, %v", answer, err)
	}
	if want := "explain POST /a%2Fb?x=1 map[Accept:[a b]] body <b>"; f.asked[0] != want {
		t.Errorf("asked %q, want %q", f.asked[0], want)
	}
	f.err = errors.New("the gateway is stopping")
	if _, err := client.Explain(t.Context(), q); err == nil || err.Error() != f.err.Error() {
		t.Errorf("got %v", err)
	}
}

func TestRequestsArriveOneByOneAndEndWithTheReader(t *testing.T) {
	f := &fakeActions{}
	_, client, _ := running(t, f)
	for _, follow := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		var got []int
		err := client.Requests(ctx, RequestQuery{Follow: follow}, func(e Exchange) error {
			if got = append(got, e.Status); follow && len(got) == 2 {
				cancel()
			}
			return nil
		})
		if want := []int{200, 404}; err != nil || !slices.Equal(got, want) {
			t.Errorf("follow %v: got %v, %v", follow, got, err)
		}
		cancel()
	}
	// Who follows looks, until it leaves.
	want := []string{"requests false", "look", "requests true", "looked"}
	for len(f.all()) < len(want) {
		runtime.Gosched()
	}
	if got := f.all(); !slices.Equal(got, want) {
		t.Errorf("asked %q", got)
	}
}

func TestAReaderOfRequestsMayStop(t *testing.T) {
	_, client, _ := running(t, &fakeActions{})
	enough := errors.New("enough")
	if err := client.Requests(t.Context(), RequestQuery{Follow: true}, func(Exchange) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("got %v", err)
	}
}

// endless yields one letter for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

// A question that is too large is told as such, and not as a mistake in its JSON.
func TestAQuestionThatIsTooLargeIsToldAsSuch(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, prefix+"/explain", io.MultiReader(strings.NewReader(`{"method":"`), endless{}))
	err := explain(nil, httptest.NewRecorder(), r)
	var e *Error
	if !errors.As(err, &e) || e.Kind != Invalid || !strings.HasPrefix(e.Text, "the question is larger than 64 MiB") {
		t.Errorf("got %v", err)
	}
	r = httptest.NewRequest(http.MethodPost, prefix+"/explain", strings.NewReader(`{"method":`))
	if err := explain(nil, httptest.NewRecorder(), r); err == nil || err.Error() != "read question: unexpected EOF" {
		t.Errorf("got %v", err)
	}
}
