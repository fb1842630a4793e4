package cli

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// R3: a release says what it was told, a checkout its commit, a module its version,
// and nothing claims to be a release that is none.
func TestAVersionSaysWhatWasBuilt(t *testing.T) {
	const commit = "0123456789abcdef0123456789abcdef01234567"
	checkout := &debug.BuildInfo{
		Main:     debug.Module{Version: "v0.0.0-20260102150405-0123456789ab+dirty"},
		Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: commit}, {Key: "vcs.modified", Value: "true"}},
	}
	proxied := &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}
	unknown := &debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}
	for _, c := range []struct {
		name          string
		stamp, commit string
		info          *debug.BuildInfo
		want          build
		text          string
	}{
		{"release", "1.2.3", commit, checkout, build{Version: "1.2.3", Commit: commit}, "1.2.3 (0123456789ab)"},
		{"release of an unknown commit", "1.2.3", "", unknown, build{Version: "1.2.3"}, "1.2.3"},
		{"checkout", "", "", checkout, build{Version: next + "-dev", Commit: commit, Modified: true}, next + "-dev (0123456789ab, modified)"},
		{"module", "", "", proxied, build{Version: "1.2.3"}, "1.2.3"},
		{"archive", "", "", unknown, build{Version: next + "-dev"}, next + "-dev"},
		{"nothing known", "", "", nil, build{Version: next + "-dev"}, next + "-dev"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.want.Go, c.want.OS, c.want.Arch = runtime.Version(), runtime.GOOS, runtime.GOARCH
			got := buildOf(c.stamp, c.commit, c.info)
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			want := "devgate " + c.text + " " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
			if got.text() != want {
				t.Errorf("got %q, want %q", got.text(), want)
			}
		})
	}
}
