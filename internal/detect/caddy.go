package detect

import (
	"cmp"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/tool"
)

var (
	// caddyProxy finds "reverse_proxy /api/* api:8000", "reverse_proxy @api api:8000".
	caddyProxy = pattern.New(`^reverse_proxy\s+(?:(/\S*|@\w+)\s+)?(\S+)`)
	// caddyHandle finds "handle_path /api/* {".
	caddyHandle = pattern.New(`^(handle|handle_path|route)\s+(/\S*|@\w+)\s*\{`)
	// caddyMatcher finds "@api path /api/* /auth/*".
	caddyMatcher = pattern.New(`^(@\w+)\s+path\s+(.+)$`)
)

// caddyfile is a Caddyfile on its way through: the blocks that are open, and the
// paths that names stand for.
type caddyfile struct {
	blocks []caddyBlock
	named  map[string][]string
}

// caddyBlock is "handle /api/* {": what it is about, and whether the path is cut off
// within it.
type caddyBlock struct {
	paths []string
	strip bool
}

// caddy reads a Caddyfile line by line: the paths of a proxy are its own, or those of
// the block around it.
// It is no parser of Caddy's: imports, snippets and matchers by header or method are not
// followed, and what is behind them gives no row.
func (r *reader) caddy(file, text string) {
	c := &caddyfile{named: map[string][]string{}}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if m := caddyProxy.FindStringSubmatch(line); m != nil {
			block := c.around(m[1])
			// The scheme is dropped; an upstream of Caddy is written with or without one.
			port, host, _ := tool.Address(m[2])
			for _, p := range block.paths {
				r.addUpstream(file, found.Glob, p, upstream{cmp.Or(host, "localhost"), port}, block.strip)
			}
		}
		// After the proxy has been looked at: a line opens a block or is one row, and a
		// row belongs to the block around it.
		c.read(line)
	}
}

// read follows blocks and names.
func (c *caddyfile) read(line string) {
	if m := caddyMatcher.FindStringSubmatch(line); m != nil {
		c.named[m[1]] = strings.Fields(m[2])
		return
	}
	m := caddyHandle.FindStringSubmatch(line)
	switch {
	case m != nil:
		c.blocks = append(c.blocks, caddyBlock{c.paths(m[2]), m[1] == "handle_path"})
	// Any other block, a site or a directive: it has no path of its own, and only has to
	// be closed again.
	case strings.HasSuffix(line, "{"):
		c.blocks = append(c.blocks, caddyBlock{})
	case line == "}" && len(c.blocks) > 0:
		c.blocks = c.blocks[:len(c.blocks)-1]
	}
}

// paths are what a matcher stands for.
func (c *caddyfile) paths(matcher string) []string {
	if strings.HasPrefix(matcher, "@") {
		return c.named[matcher]
	}
	return []string{matcher}
}

// around is what a proxy is about: its own matcher, or the innermost block that has
// one.
func (c *caddyfile) around(matcher string) caddyBlock {
	if matcher != "" {
		return caddyBlock{paths: c.paths(matcher)}
	}
	// handle blocks nest; without a path ("handle {") one is for the rest.
	for i := len(c.blocks) - 1; i >= 0; i-- {
		if len(c.blocks[i].paths) > 0 {
			return c.blocks[i]
		}
	}
	return caddyBlock{}
}
