#!/bin/sh
# Installs devgate {{.Version}}: downloads the archive for this system, compares its
# checksum with the one below, and copies the one program in it into a folder.
#
#   sh install.sh                               into ~/.local/bin
#   DEVGATE_BIN=/usr/local/bin sh install.sh    into another folder
#   DEVGATE_URL=file:///media/usb sh install.sh from another place
set -eu

url=${DEVGATE_URL:-{{.URL}}}
bin=${DEVGATE_BIN:-$HOME/.local/bin}

sums='
{{- range .Archives}}
{{.Sum}}  {{.Name}}
{{- end}}
'

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

# The name of this system as the archives have it.
system() {
  case $(uname -s) in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    MINGW* | MSYS* | CYGWIN*) fail "this is for Linux and macOS; for Windows there is a zip" ;;
    *) fail "there is no devgate for $(uname -s), only for Linux, macOS and Windows" ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) arch=amd64 ;;
    arm64 | aarch64) arch=arm64 ;;
    *) fail "there is no devgate for $(uname -m), only for x86_64 and arm64" ;;
  esac
  echo "${os}_$arch"
}

download() {
  if command -v curl >/dev/null; then
    curl -fsSL -o "$2" "$1"
  elif command -v wget >/dev/null; then
    wget -qO "$2" "$1"
  else
    fail "curl or wget is needed to download $1"
  fi || fail "cannot download $1"
}

verify() {
  if command -v sha256sum >/dev/null; then
    sha256sum -c >/dev/null 2>&1
  elif command -v shasum >/dev/null; then
    shasum -a 256 -c >/dev/null 2>&1
  else
    fail "sha256sum or shasum is needed to verify the download"
  fi
}

# All of it is a function, so that half of a script does nothing.
main() {
  name=devgate_{{.Version}}_$(system)
  mkdir -p "$bin"
  bin=$(cd "$bin" && pwd)
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' INT TERM HUP
  cd "$work"
  download "$url/$name.tar.gz" "$name.tar.gz"
  echo "$sums" | grep " $name.tar.gz\$" | verify ||
    fail "$url/$name.tar.gz is not what was released: its checksum differs; nothing was installed"
  tar -xzf "$name.tar.gz"
  # Copied beside it and renamed: a devgate that runs goes on with the old one.
  cp "$name/devgate" "$bin/.devgate.new"
  mv "$bin/.devgate.new" "$bin/devgate"
  "$bin/devgate" version
  case :$PATH: in
    *":$bin:"*) ;;
    *) echo "$bin is not in PATH: add it there, or run $bin/devgate" ;;
  esac
}

main
