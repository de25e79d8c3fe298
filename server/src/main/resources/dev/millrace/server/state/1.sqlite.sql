-- What db-scheduler asks for, see its documentation, "Table definitions".
CREATE TABLE scheduled_tasks (
    task_name TEXT NOT NULL,
    task_instance TEXT NOT NULL,
    task_data BLOB,
    execution_time INTEGER NOT NULL,
    picked INTEGER NOT NULL,
    picked_by TEXT,
    last_success INTEGER,
    last_failure INTEGER,
    consecutive_failures INTEGER,
    last_heartbeat INTEGER,
    version INTEGER NOT NULL,
    priority INTEGER,
    PRIMARY KEY (task_name, task_instance)
);
CREATE INDEX scheduled_tasks_by_time ON scheduled_tasks (execution_time);
