package formats

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/gateway-api/pkg/consts"
	"sigs.k8s.io/yaml"
)

// object is one document of a file.
type object struct {
	Kind     string
	Metadata struct{ Name string }
	text     []byte
}

func objects(t *testing.T, name string) (all []object) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(golden, name))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range bytes.Split(text, []byte("\n---\n")) {
		o := object{text: part}
		if err := yaml.Unmarshal(part, &o); err != nil {
			t.Fatal(err)
		}
		all = append(all, o)
	}
	return all
}

// Kubernetes' own types take every object, and know every key of it.
func TestKubernetesReadsWhatWasWritten(t *testing.T) {
	var kinds []string
	for _, o := range objects(t, "kubernetes.yaml") {
		kinds = append(kinds, o.Kind+" "+o.Metadata.Name)
		var into any
		switch o.Kind {
		case "Deployment":
			into = &apps.Deployment{}
		case "Job":
			into = &batch.Job{}
		case "Service":
			into = &core.Service{}
		case "HTTPRoute":
			continue
		}
		if err := yaml.UnmarshalStrict(o.text, into); err != nil {
			t.Errorf("%s %s: %v", o.Kind, o.Metadata.Name, err)
		}
		if d, ok := into.(*apps.Deployment); ok && d.Name == "api" {
			understood(t, d.Spec.Template.Spec.Containers[0])
		}
	}
	want := []string{"Job migrate", "Deployment jobs", "Deployment api", "Service api", "Deployment admin", "Service admin", "Service docs", "Service web", "Service static", "HTTPRoute gateway"}
	if !slices.Equal(kinds, want) {
		t.Errorf("objects %q, want %q", kinds, want)
	}
}

// understood: what the Devgatefile says of a server is what its container is given.
func understood(t *testing.T, c core.Container) {
	t.Helper()
	env := map[string]core.EnvVar{}
	for _, v := range c.Env {
		env[v.Name] = v
	}
	if got, want := env["GREETING"].Value, `it's "$5" ${HOME} # é: \n`; got != want {
		t.Errorf("GREETING=%s, want %s", got, want)
	}
	if ref := env["DATABASE_URL"].ValueFrom; ref == nil || ref.SecretKeyRef.Name != "shop" || env["DATABASE_URL"].Value != "" {
		t.Errorf("a secret is %+v", env["DATABASE_URL"])
	}
	if p := c.ReadinessProbe; p == nil || p.HTTPGet.Path != "/healthz" || p.HTTPGet.Port.IntValue() != 4001 {
		t.Errorf("ready when %+v", c.ReadinessProbe)
	}
}

// routeSchema is the JSON schema of an HTTPRoute, out of the Gateway API's own
// definition of it.
func routeSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/gateway-api").Output()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var crd struct {
		Spec struct {
			Versions []struct {
				Name   string
				Schema struct{ OpenAPIV3Schema map[string]any }
			}
		}
	}
	if err := yaml.Unmarshal(text, &crd); err != nil {
		t.Fatal(err)
	}
	schema := crd.Spec.Versions[0].Schema.OpenAPIV3Schema
	closed(schema)
	raw, err := json.Marshal(schema)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("httproute.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("httproute.json")
	if err != nil {
		t.Fatalf("the schema of Gateway API %s: %v", consts.BundleVersion, err)
	}
	return s
}

// closed has every object refuse keys that it does not name, as a cluster warns of.
func closed(schema map[string]any) {
	if properties, ok := schema["properties"].(map[string]any); ok && schema["additionalProperties"] == nil {
		if schema["type"] == "object" && len(properties) > 0 {
			schema["additionalProperties"] = false
		}
		for _, p := range properties {
			if p, ok := p.(map[string]any); ok {
				closed(p)
			}
		}
	}
	if items, ok := schema["items"].(map[string]any); ok {
		closed(items)
	}
}

// valid says what is wrong with an HTTPRoute; nil: nothing.
func valid(t *testing.T, s *jsonschema.Schema, text string) error {
	t.Helper()
	raw, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestHTTPRoutesAreThoseOfTheGatewayAPI(t *testing.T) {
	s, routes := routeSchema(t), 0
	for _, name := range []string{"kubernetes.yaml", "kubernetes-many.yaml"} {
		for _, o := range objects(t, name) {
			if o.Kind != "HTTPRoute" {
				continue
			}
			routes++
			if err := valid(t, s, string(o.text)); err != nil {
				t.Errorf("%s, %s: %v", name, o.Metadata.Name, err)
			}
			withinLimits(t, o)
		}
	}
	if routes < 3 { // one, and more than one where there are many
		t.Errorf("only %d routes", routes)
	}
}

// withinLimits counts what the schema says in rules of its own, which no validator of
// JSON schemas reads: no more than 128 matches in one HTTPRoute.
func withinLimits(t *testing.T, o object) {
	t.Helper()
	var route struct {
		Spec struct{ Rules []struct{ Matches []any } }
	}
	if err := yaml.Unmarshal(o.text, &route); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range route.Spec.Rules {
		n += len(r.Matches)
	}
	if n > 128 || len(route.Spec.Rules) > 16 || n == 0 {
		t.Errorf("%s has %d rules with %d matches", o.Metadata.Name, len(route.Spec.Rules), n)
	}
}

// The schema does refuse.
func TestTheSchemaRefusesWhatIsWrong(t *testing.T) {
	s := routeSchema(t)
	all := objects(t, "kubernetes.yaml")
	text := string(all[len(all)-1].text)
	for _, swap := range [][2]string{{"type: Exact", "type: Exactly"}, {"method: POST", "method: PURGE"}, {"backendRefs:", "backendRef:"}, {"port: 4001", "port: 70000"}, {"value: \"/", "valu: \"/"}} {
		if !strings.Contains(text, swap[0]) {
			t.Fatalf("no %q", swap[0])
		}
		if valid(t, s, strings.Replace(text, swap[0], swap[1], 1)) == nil {
			t.Errorf("%q in the place of %q is valid", swap[1], swap[0])
		}
	}
}
