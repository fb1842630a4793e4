package session

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"devgate/internal/control"
)

// D2: what is a secret by its name, and what of it may be read.
func TestSecretsAreRedacted(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"Authorization", "Bearer eyJh.bGc", "Bearer •••"},
		{"authorization", "basic dTpw", "basic •••"},
		{"Authorization", `Digest username="u", response="6629"`, "Digest •••"},
		{"Authorization", "eyJhbGc", "•••"},
		{"Authorization", "s3cret part", "•••"},
		{"Authorization", "", "•••"},
		{"Proxy-Authorization", "Basic dTpw", "Basic •••"},
		{"Cookie", "session=abc; theme=dark", "session=•••; theme=•••"},
		{"Cookie", "a=b=c;d; e=", "a=•••;•••; e="},
		{"Cookie", "alone", "•••"},
		{"Set-Cookie", "session=abc; Path=/; HttpOnly; SameSite=Lax", "session=•••; Path=/; HttpOnly; SameSite=Lax"},
		{"Set-Cookie", `s="a; secret"; max-age=60`, `s=•••;•••; max-age=60`},
		{"Set-Cookie", "gone=; Max-Age=0", "gone=; Max-Age=0"},
		{"X-Api-Key", "k", "•••"},
		{"X-Goog-Api-Key", "k", "•••"},
		{"Apikey", "k", "•••"},
		{"Ocp-Apim-Subscription-Key", "k", "•••"},
		{"X-Auth-Token", "k", "•••"},
		{"X-Auth", "k", "•••"},
		{"X-CSRF-Token", "k", "•••"},
		{"X-CSRFToken", "k", "•••"},
		{"X-Xsrf-Token", "k", "•••"},
		{"Private-Token", "k", "•••"},
		{"X-Amz-Security-Token", "k", "•••"},
		{"Cf-Access-Jwt-Assertion", "k", "•••"},
		{"X-Client-Secret", "k", "•••"},
		{"X-Session-Id", "k", "•••"},
		{"X_access_token", "k", "•••"},
		// What only looks like one.
		{"Www-Authenticate", "Basic realm=x", "Basic realm=x"},
		{"Access-Control-Allow-Credentials", "true", "true"},
		{"Access-Control-Allow-Headers", "Authorization", "Authorization"},
		{"X-Auth-User", "bob", "bob"},
		{"Sec-Websocket-Key", "k", "k"},
		{"Idempotency-Key", "k", "k"},
		{"Content-Type", "text/plain", "text/plain"},
		{"X-Keyboard", "k", "k"},
	} {
		h := http.Header{c.name: {c.value, c.value}}
		got := redacted(h)
		if want := (http.Header{c.name: {c.want, c.want}}); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %s: got %q, want %q", c.name, c.value, got, want)
		}
		if h.Get(c.name) != c.value && h[c.name][0] != c.value {
			t.Errorf("%s: what is kept was changed to %q", c.name, h)
		}
	}
}

// Wherever in a detail a secret stands, nothing of it is left, whatever it is.
func TestNoSecretIsLeftInADetail(t *testing.T) {
	const secret = "hunter2"
	rapid.Check(t, func(t *rapid.T) {
		// Random text around it, that could end a pair or a value.
		around := rapid.StringMatching(`[a-z =;",]{0,6}`)
		// The name of a cookie is no secret.
		value := rapid.SampledFrom([]string{"n=", "n=x; m=", ""}).Draw(t, "name") + around.Draw(t, "before") + secret + around.Draw(t, "after")
		name := rapid.SampledFrom([]string{"Authorization", "Proxy-Authorization", "Set-Cookie", "X-Api-Key", "X-Csrf-Token"}).Draw(t, "header")
		if name == "Set-Cookie" {
			value = "n=" + secret + around.Draw(t, "behind")
		}
		m := control.Message{Header: http.Header{name: {"a", value}}, Trailer: http.Header{name: {value}}}
		d := control.Detail{Request: m, Answer: m, Answers: []control.Message{{}, m}}
		redact(&d)
		text, err := json.Marshal(d)
		if err != nil || strings.Contains(string(text), secret) {
			t.Fatalf("%s: %s is shown as %s", name, value, text)
		}
	})
}
