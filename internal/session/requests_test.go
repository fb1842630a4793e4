package session

import (
	"encoding/json"
	"testing"
	"time"

	"devgate/proxy"
)

// C5, G7: `devgate why` and `devgate requests` print what the gateway has
// recorded, in the documented form.
func TestARecordReadsAsTheGatewayHasWrittenIt(t *testing.T) {
	at := time.Date(2026, 1, 2, 15, 4, 5, 678, time.UTC)
	for _, c := range []struct {
		e    proxy.Exchange
		want string
	}{
		{proxy.Exchange{Method: "GET", Path: "/"}, `{"id":0,"method":"GET","path":"/","status":0,"backend":"","learned":false,"duration_ms":0,"held_ms":0,"replay_of":0,"cascade":[]}`},
		{
			proxy.Exchange{
				ID: 7, At: at, Method: "GET", Path: "/page?a=b", Host: "shop.test", Status: 200, Backend: "web", Learned: true, Duration: 2104 * time.Microsecond, Held: time.Second,
				Cascade: []proxy.Attempt{{Backend: "api", Status: 404, Duration: 1300 * time.Microsecond, Note: "falls through"}, {Backend: "web", Status: 200, Duration: 804 * time.Microsecond}},
			},
			`{"id":7,"at":"2026-01-02T15:04:05.000000678Z","method":"GET","path":"/page?a=b","status":200,"backend":"web","learned":true,"duration_ms":2.1,"held_ms":1000,"replay_of":0,` +
				`"cascade":[{"backend":"api","status":404,"duration_ms":1.3,"note":"falls through"},{"backend":"web","status":200,"duration_ms":0.8,"note":""}]}`,
		},
	} {
		got, err := json.Marshal(exchangeOf(c.e))
		if err != nil || string(got) != c.want {
			t.Errorf("got  %s (%v)\nwant %s", got, err, c.want)
		}
	}
}
