class Devgate < Formula
  desc "{{.Summary}}"
  homepage "{{.Home}}"
  version "{{.Version}}"
  license "MIT"
{{range .Systems}}
  on_{{.Name}} do
{{- range .Programs}}
    on_{{.CPU}} do
      url "{{.URL}}"
      sha256 "{{.Sum}}"
    end
{{- end}}
  end
{{end}}
  def install
    bin.install "devgate"
    man1.install Dir["man/man1/*.1"]
    bash_completion.install "completions/devgate.bash" => "devgate"
    zsh_completion.install "completions/_devgate"
    fish_completion.install "completions/devgate.fish"
    doc.install "THIRD-PARTY-NOTICES.txt"
  end

  test do
    assert_match "devgate #{version} ", shell_output("#{bin}/devgate version")
  end
end
