package tool

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/shell"
	"devgate/internal/detect/split"
)

// lookDotnet reads launchSettings.json: the profile, and its port.
func (k *Kit) lookDotnet(l *split.Leaf, s *Made) {
	s.cover(l.Dir, DotNet)
	file := path.Join(l.Dir, "Properties/launchSettings.json")
	profile, port := k.launchProfile(file)
	if port != 0 {
		s.Port = found.Port{Number: port, From: file}
	}
	dotnetCommand(l, s, profile)
	// Without it "dotnet watch" opens a browser on the program's own port, past the
	// gateway.
	s.Env = append(s.Env, found.Var{Name: "DOTNET_WATCH_SUPPRESS_LAUNCH_BROWSER", Value: "1"})
	s.Ready.Timeout = "2m" // the first build restores packages
	switch {
	// The package of servers; programs that only call others have Grpc.Net.Client.
	case k.projectHas(l.Dir, "Grpc.AspNetCore"):
		s.Kind = found.RPC
	case !k.hasAny(l.Dir, "Pages", "Views", "Components"):
		s.Kind = found.API
	}
}

// launchProfile returns the profile that starts the project by itself on http, and
// its port. Of several the one with the shortest name: "http" before "https".
func (k *Kit) launchProfile(file string) (string, int) {
	var settings struct {
		Profiles map[string]struct {
			CommandName    any
			ApplicationURL any `json:"applicationUrl"`
		}
	}
	if !k.Has(file) || !k.JSON(file, &settings) {
		return "", 0
	}
	var named []string
	for name, p := range settings.Profiles {
		// The profiles of IIS Express need Windows.
		if addresses, _ := p.ApplicationURL.(string); strings.Contains(addresses, "http://") && p.CommandName != "IISExpress" {
			named = append(named, name)
		}
	}
	if len(named) == 0 {
		return "", 0
	}
	profile := slices.MinFunc(named, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	return profile, httpPort(settings.Profiles[profile].ApplicationURL)
}

// httpPort is the port of the http address among several.
func httpPort(addresses any) int {
	text, _ := addresses.(string)
	for a := range strings.SplitSeq(text, ";") {
		if strings.HasPrefix(a, "http://") {
			return portBehind(strings.TrimSuffix(a, "/"))
		}
	}
	return 0
}

// projectHas reports whether a folder's project file has a word.
func (k *Kit) projectHas(dir, word string) bool {
	return slices.ContainsFunc(k.Names(dir), func(name string) bool {
		text, _ := k.Text(path.Join(dir, name))
		return strings.HasSuffix(name, "proj") && strings.Contains(text, word)
	})
}

// dotnetCommand adds the profile and the address, which only go behind "--".
// dotnet takes flags in front of it for its own; --urls is for ASP.NET, where it beats
// both ASPNETCORE_URLS and the profile's address.
func dotnetCommand(l *split.Leaf, s *Made, profile string) {
	if l.HasFlag("--urls") || !l.Reaches() {
		return
	}
	command := l.Text()
	if profile != "" && !l.HasFlag("--launch-profile") {
		command += " --launch-profile " + shell.Quote(profile)
	}
	if !strings.Contains(command, " -- ") {
		command += " --"
	}
	s.Moved = found.Text(command + " --urls http://localhost:" + found.PortMark)
	s.Command = s.Moved
}
