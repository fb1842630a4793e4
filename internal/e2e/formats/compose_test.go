package formats

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// golden is where the files are that devgate export writes for a project.
const golden = "../../export/testdata/golden"

// composed is a compose file as compose itself reads it, where two secrets are set.
func composed(t *testing.T, name string) *types.Project {
	t.Helper()
	o, err := cli.NewProjectOptions([]string{filepath.Join(golden, name)}, cli.WithEnv([]string{"STRIPE_SECRET_KEY=sk", "DATABASE_URL=postgres://x"}), cli.WithInterpolation(true))
	if err != nil {
		t.Fatal(err)
	}
	p, err := o.LoadProject(t.Context())
	if err != nil {
		t.Fatalf("compose refuses %s: %v", name, err)
	}
	return p
}

func TestComposeReadsWhatWasWritten(t *testing.T) {
	for name, services := range map[string][]string{
		"compose.yaml":          {"admin", "api", "gateway", "jobs", "migrate", "web"},
		"compose-cascade.yaml":  {"admin", "api", "gateway", "jobs", "migrate", "web"},
		"compose-dist.yaml":     {"admin", "api", "gateway", "jobs", "migrate"},
		"compose-upstream.yaml": {"admin", "gateway", "jobs", "migrate", "web"},
	} {
		t.Run(name, func(t *testing.T) {
			p := composed(t, name)
			if got := p.ServiceNames(); !slices.Equal(got, services) {
				t.Errorf("services %v, want %v", got, services)
			}
			if conf := p.Configs["gateway"].Content; !strings.Contains(conf, "map $http_upgrade $devgate_connection") || strings.Contains(conf, "$$") {
				t.Errorf("the gateway's configuration is not nginx's:\n%s", conf)
			}
		})
	}
}

// What the Devgatefile says of a service is what compose understands.
func TestComposeUnderstandsTheServices(t *testing.T) {
	p := composed(t, "compose.yaml")
	jobs, api, admin, gateway := p.Services["jobs"], p.Services["api"], p.Services["admin"], p.Services["gateway"]
	if want := []string{"/bin/sh", "-c", `node jobs.js --queue 'it'\''s $5'`}; !slices.Equal(jobs.Command, want) {
		t.Errorf("command %q, want %q", jobs.Command, want)
	}
	for name, want := range map[string]string{"GREETING": `it's "$5" ${HOME} # é: \n`, "STRIPE_SECRET_KEY": "sk", "DATABASE_URL": "postgres://x", "ADMIN_URL": "http://admin:4002", "PORT": "4001"} {
		if got := api.Environment[name]; got == nil || *got != want {
			t.Errorf("%s=%v, want %s", name, got, want)
		}
	}
	if d := api.DependsOn["migrate"]; d.Condition != types.ServiceConditionCompletedSuccessfully {
		t.Errorf("api is started after migrate with %q", d.Condition)
	}
	if d := gateway.DependsOn["api"]; d.Condition != types.ServiceConditionHealthy || len(gateway.DependsOn) != 3 {
		t.Errorf("the gateway is started after %v", gateway.DependsOn)
	}
	if api.HealthCheck == nil || api.HealthCheck.Test[0] != "CMD" || !slices.Contains(api.HealthCheck.Test, "http://127.0.0.1:4001/healthz") {
		t.Errorf("health check %v", api.HealthCheck)
	}
	if admin.StopSignal != "SIGINT" || admin.StopGracePeriod.String() != "2s" || admin.Restart != "always" || admin.Build == nil || filepath.Base(admin.Build.Context) != "admin" {
		t.Errorf("admin is %+v", admin)
	}
	if port := gateway.Ports; len(port) != 1 || port[0].HostIP != "127.0.0.1" || port[0].Published != "3000" || port[0].Target != 80 {
		t.Errorf("ports %v", port)
	}
	if v := gateway.Volumes; len(v) != 1 || !v[0].ReadOnly || v[0].Target != "/srv/static" || filepath.Base(v[0].Source) != "public" {
		t.Errorf("folders %v", v)
	}
}

// The library does refuse: what it reads is not nothing.
func TestComposeRefusesWhatIsWrong(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(golden, "compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, swap := range [][2]string{{"stop_signal:", "stop_sgnal:"}, {"condition: service_healthy", "condition: healthy"}, {"      migrate: {", "      migrte: {"}, {"$$http_upgrade", "$http_upgrade x ${"}} {
		file := filepath.Join(t.TempDir(), "compose.yaml")
		if !strings.Contains(string(text), swap[0]) {
			t.Fatalf("no %q", swap[0])
		}
		if err := os.WriteFile(file, []byte(strings.Replace(string(text), swap[0], swap[1], 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		o, err := cli.NewProjectOptions([]string{file}, cli.WithEnv([]string{"STRIPE_SECRET_KEY=sk", "DATABASE_URL=postgres://x"}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.LoadProject(t.Context()); err == nil {
			t.Errorf("%q in the place of %q is read", swap[1], swap[0])
		}
	}
}
