// Package jsconf reads what a configuration file in JavaScript, TypeScript or JSON
// (with or without comments) says, without running it.
//
// It understands the literals, names, defaults ("a || 3000"), sums and templates
// that such files are made of. What a program computes in another way is [Opaque]:
// the reader knows that something stands there, and not what. Conditions are taken
// as they are in development.
//
// Any text is read in bounded time, also one that is no JavaScript.
// What is right in nearly every file is preferred over what is right in all: it is a
// reader of configurations, and its callers treat Opaque as "ask a person".
package jsconf
