# bash completion for telegraf-icecast-wowza
_telegraf_icecast_wowza() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
	if [ "$previous" = -config ]; then
		COMPREPLY=($(compgen -f -- "$current"))
	else
		COMPREPLY=($(compgen -W "-config -once -check -demo -poll_interval -sample-config -schema -schema=json -version -help" -- "$current"))
	fi
}
complete -F _telegraf_icecast_wowza telegraf-icecast-wowza
