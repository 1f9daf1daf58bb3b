delete from global_priv;
delete from proxies_priv;
flush privileges;
create user muster@'%' identified by 'muster';
grant all on *.* to muster@'%' with grant option;
