package tool

import (
	"path"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/split"
)

// angularProxies are where a proxy's configuration is that no file names.
// Angular's documentation uses src/proxy.conf.json, the generators of Nx put
// proxy.conf.json beside the project.
var angularProxies = []string{
	"proxy.conf.json", "proxy.conf.js", "proxy.conf.mjs", "proxy.conf.cjs", "src/proxy.conf.json", "src/proxy.conf.js", "src/proxy.conf.mjs",
}

// lookAngular reads angular.json, or what Nx says of the target. ng asks a question
// when its port is busy, so it always gets one.
func (k *Kit) lookAngular(l *split.Leaf, s *Made) {
	options := files.At(l.Target, "options")
	if l.Target == nil {
		options = k.angularOptions(l)
	}
	// What the command says has been read before (Port.From is set), and for ng it beats
	// the file.
	if n := files.PortAt(options, "port"); n != 0 && s.Port.From == "" {
		s.Port = found.Port{Number: n, From: path.Join(l.Dir, "angular.json")}
	}
	file := k.First(l.Dir, angularProxies...)
	proxy, at := l.Flag("--proxy-config")
	if at < 0 {
		proxy = files.TextAt(options, "proxyConfig")
	}
	if proxy != "" {
		file = k.First(".", path.Join(l.Dir, proxy), path.Clean(proxy)) // Nx counts from the root
	}
	if file != "" {
		if f, ok := k.Config(file, l.Vars); ok {
			k.proxyTable(file, s, f.Exported(), false)
		}
	}
	k.angularFlags(l, s, options)
}

// angularFlags turns off what would get in the gateway's way: certificates, a
// browser.
func (k *Kit) angularFlags(l *split.Leaf, s *Made, options any) {
	var extra []string
	isOn := func(key string, flags ...string) bool {
		on, _ := files.At(options, key).(bool)
		return on || l.HasFlag(flags...)
	}
	if isOn("ssl", "--ssl") {
		extra = append(extra, "--ssl=false")
	}
	if isOn("open", "--open", "-o") {
		extra = append(extra, "--open=false")
	}
	if len(extra) == 0 {
		return
	}
	flags := strings.Join(extra, " ")
	// Where both are one text, fit has put the port's flag behind it, and more words go
	// the same way. Else Command is still its author's: whether a word arrives there,
	// only the leaf knows.
	if s.Moved == "" || s.Moved != s.Command {
		s.Command = found.Text(l.Appended(flags))
	} else {
		s.Command = addFlag(s.Command, flags)
	}
	s.Moved = addFlag(s.Moved, flags)
}

// angularOptions finds the options of "serve" of the project that ng would serve.
// ng takes the nearest angular.json upwards of the folder that it is run in.
func (k *Kit) angularOptions(l *split.Leaf) any {
	for _, dir := range split.Upwards(l.Dir) {
		var v map[string]any
		if file := path.Join(dir, "angular.json"); !k.Has(file) || !k.JSON(file, &v) {
			continue
		}
		project := angularProject(v, l.Argument(1))
		// Angular reads both: "architect" is the older word, "targets" that of Nx.
		for _, word := range []string{"architect", "targets"} {
			if options := files.At(project, word, "serve", "options"); options != nil {
				return options
			}
		}
		return nil
	}
	return nil
}

// angularProject is the project of a name, the default one, or the only one.
func angularProject(v map[string]any, name string) any {
	projects, _ := v["projects"].(map[string]any)
	if project := projects[name]; project != nil {
		return project
	}
	// Newer versions of Angular have dropped it; workspaces of older ones still have it.
	if project := projects[files.TextAt(v, "defaultProject")]; project != nil {
		return project
	}
	for _, project := range projects {
		if len(projects) == 1 {
			return project
		}
	}
	return nil
}
