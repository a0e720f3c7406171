package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// shells are the shells for which there are completion scripts.
var shells = []string{"bash", "zsh", "fish", "powershell"}

func newCompletionCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the completion script of a shell",
		Long: `Completion prints a script that lets a shell (bash, zsh, fish or powershell) complete commands, flags,
their values, and names from desired-state files. It never contacts a gateway. Packages install the scripts;
without a package:

  bash        source <(apigw-sync completion bash) in ~/.bashrc; needs the package bash-completion
  zsh         apigw-sync completion zsh > "${fpath[1]}/_apigw-sync"
  fish        apigw-sync completion fish > ~/.config/fish/completions/apigw-sync.fish
  powershell  apigw-sync completion powershell | Out-String | Invoke-Expression in $PROFILE
` + exitHelp(exitDone, exitError),
		Example:   "  source <(apigw-sync completion bash)",
		ValidArgs: shells,
		Args:      arguments(1, "one shell", "name one of bash, zsh, fish and powershell"),
		RunE:      func(cmd *cobra.Command, args []string) error { return runCompletion(p, cmd.Root(), args[0]) },
	}
}

func runCompletion(p *program, root *cobra.Command, shell string) error {
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(p.Stdout, true)
	case "zsh":
		return root.GenZshCompletion(p.Stdout)
	case "fish":
		return root.GenFishCompletion(p.Stdout, true)
	case "powershell":
		return root.GenPowerShellCompletionWithDesc(p.Stdout)
	}
	return hinted{fmt.Errorf("unknown shell %q", shell), didYouMean(shell, shells, "name one of bash, zsh, fish and powershell")}
}
