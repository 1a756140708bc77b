# fish completion for telegraf-icecast-wowza
complete -c telegraf-icecast-wowza -f
complete -c telegraf-icecast-wowza -o config -r -F -d 'configuration'
complete -c telegraf-icecast-wowza -o once -d 'gather once to standard output'
complete -c telegraf-icecast-wowza -o check -d 'say what will be polled, poll nothing'
complete -c telegraf-icecast-wowza -o demo -d 'poll emulated servers inside this process'
complete -c telegraf-icecast-wowza -o poll_interval -x -d 'gather by itself'
complete -c telegraf-icecast-wowza -o sample-config -d 'print an example of the configuration'
complete -c telegraf-icecast-wowza -o schema -d 'print the metric contract'
complete -c telegraf-icecast-wowza -o version -d 'print the version'
