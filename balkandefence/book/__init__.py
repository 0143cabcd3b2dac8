"""plan, execute, stage, compile, publish: the only user of papermill and Jupyter Book."""
