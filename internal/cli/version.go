package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// next is the release that this source becomes.
const next = "0.1.0"

// What a release is built with (-ldflags -X). Both are "" in every other build.
var (
	stamp       string // the release
	stampCommit string // what it was built from, whole
)

// build says exactly which devgate a program is; the object of
// `devgate version --json`.
type build struct {
	Version string `json:"version"`
	Commit  string `json:"commit"` // "": not known
	// Modified: the files were not those of the commit.
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

func newVersion(std streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version, its commit, and what it was built with and for",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return printJSON(std.out, thisBuild())
			}
			_, err := fmt.Fprintln(std.out, versionText())
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// thisBuild is the build of the program that runs.
func thisBuild() build {
	info, _ := debug.ReadBuildInfo()
	return buildOf(stamp, stampCommit, info)
}

// buildOf prefers what a release was told over what Go has written into the
// program, which may be nothing (nil).
func buildOf(stamp, commit string, info *debug.BuildInfo) build {
	b := build{Version: next + "-dev", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	if info != nil {
		b.read(info)
	}
	if stamp != "" {
		b.Version, b.Commit, b.Modified = stamp, commit, false
	}
	return b
}

// read takes what Go knows: of a checkout its commit, of a module from a proxy its
// version.
func (b *build) read(info *debug.BuildInfo) {
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	// In a checkout, Go makes a version up of the last tag: it would say less than next.
	if v := info.Main.Version; b.Commit == "" && v != "" && v != "(devel)" {
		b.Version = strings.TrimPrefix(v, "v")
	}
}

// version is the release, without what it was built from.
func version() string { return thisBuild().Version }

// versionText is one line that says exactly which devgate this is.
func versionText() string { return thisBuild().text() }

func (b build) text() string {
	commit := b.Commit
	// Twelve digits are what versions of Go modules have.
	if len(commit) > 12 {
		commit = commit[:12]
	}
	if b.Modified {
		commit += ", modified"
	}
	if commit != "" {
		commit = " (" + commit + ")"
	}
	return fmt.Sprintf("devgate %s%s %s %s/%s", b.Version, commit, b.Go, b.OS, b.Arch)
}
