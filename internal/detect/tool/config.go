package tool

import (
	"path"
	"slices"

	"devgate/internal/detect/found"
	"devgate/internal/detect/jsconf"
	"devgate/internal/detect/split"
)

// stems makes the names of a configuration that may have several endings, in the
// order in which the tool looks for them.
func stems(stem string, endings ...string) []string {
	var all []string
	for _, e := range endings {
		all = append(all, stem+"."+e)
	}
	return all
}

// configOf opens the configuration of a tool: what a flag names, or the first of
// some files in the leaf's folder. The file is "" if there is none.
func (k *Kit) configOf(l *split.Leaf, flags, usual []string) (string, *jsconf.File) {
	file := k.First(l.Dir, usual...)
	if named, at := l.Flag(flags...); at >= 0 {
		file = path.Join(l.Dir, named)
	}
	if file == "" {
		return "", nil
	}
	// A file that a flag names and nobody can read is still returned: messages name it.
	f, ok := k.Config(file, l.Vars)
	if !ok {
		return file, nil
	}
	return file, f
}

// serverOptions are the keys by which the section of a development server is known:
// "server" is the name of other things, too.
var serverOptions = []string{"port", "proxy", "https", "open", "host", "hmr", "strictPort", "allowedHosts", "historyApiFallback", "static", "hot", "cors"}

// section returns the first value of a key that holds the options of a server.
func section(f *jsconf.File, key string) jsconf.Value {
	if f == nil {
		return jsconf.Value{}
	}
	for _, v := range f.Find(key) {
		if slices.ContainsFunc(v.Fields, func(f jsconf.Field) bool { return slices.Contains(serverOptions, f.Name) }) {
			return v
		}
	}
	return jsconf.Value{}
}

// options reads what the servers of Vite, webpack and their kin have in common: the
// port, a browser, https. It reports whether the server is one for the gateway.
func (k *Kit) options(l *split.Leaf, s *Made, file string, server jsconf.Value) bool {
	// A port that the command names is not overwritten: every tool lets its flag win.
	if n := server.Get("port").Int(); n != 0 && s.Port.From == "" {
		s.Port = found.Port{Number: n, From: file}
	}
	s.Opens = s.Opens || l.HasFlag("--open", "-o") || server.Get("open").IsSet()
	// Three spellings: Vite's and webpack's old "https: true", webpack's newer "server:
	// 'https'" and "server: { type: 'https' }".
	https := server.Get("https")
	kind := server.Get("server")
	switch {
	case l.HasFlag("--https"), https.Kind == jsconf.Bool && https.True, kind.Text == "https", kind.Get("type").Text == "https":
		k.speaksHTTPS(l, s, file)
		return false
	// It is set to something that only running the file would tell, most often the
	// contents of a certificate that some machines have: the server is kept, and that is
	// said.
	case https.IsSet():
		k.Out.Note(nameOf(l) + " speaks https where its certificates exist (" + file + "): the gateway speaks http to what it starts")
	}
	return true
}

// speaksHTTPS leaves a server out that the gateway could not speak to.
func (k *Kit) speaksHTTPS(l *split.Leaf, s *Made, file string) {
	s.Kind = none
	if file == "" {
		file = l.File
	}
	k.Out.Skip(found.Skip{What: l.Called(), Where: file, Why: "speaks https: the gateway speaks http to what it starts"})
}

// assetsOf makes a service one that only the pages of an App ask, by an address of
// its own.
func assetsOf(l *split.Leaf, s *Made, why string) {
	s.worker(l)
	s.Kind, s.Comment = found.Assets, why
}

// addFlag puts one more word behind a command, if there is one.
func addFlag(command found.Text, flag string) found.Text {
	if command == "" {
		return ""
	}
	return command + " " + found.Text(flag)
}
